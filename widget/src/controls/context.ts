import type { Numbers } from "../markup";
import type { Texts } from "../texts";
import type { Feedback, Message } from "../types";

/** What a control or card needs of the element around it. */
export interface Context {
  texts: Texts;
  numbers: Numbers;
  clinic: string;
  /** Say something for the visitor: what is sent, and what is shown. */
  answer(payload: string, title?: string): void;
  /** What is wrong with the answer to a message, if anything. */
  problem(message: Message): string;
  /** Show and announce what is wrong; "" when it was mended. */
  complain(message: Message, problem: string): void;
  enlarge(picture: { address: string; title: string; alt: string }): void;
  address(path: string): string;
  rated(message: Message): boolean | undefined;
  rate(message: Message, helpful: boolean, reason?: Feedback): void;
}

export const labelOf = (message: Message) => `text-${message.id.replace(/\W/g, "-")}`;
