/** Something that went wrong between the page and the server, with a code to tell it by. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message = "",
  ) {
    super(message);
  }
}
