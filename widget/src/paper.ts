/** Hand something of the chat over: as a file, or to the printer. */

export function download(name: string, type: string, content: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Print a text on a sheet of its own, because the page around belongs to somebody else. */
export function print(title: string, text: string): void {
  const sheet = document.createElement("iframe");
  sheet.hidden = true;
  sheet.title = title;
  document.body.append(sheet);
  const page = sheet.contentDocument;
  const view = sheet.contentWindow;
  if (!page || !view) return;
  page.title = title;
  const heading = page.createElement("h1");
  heading.textContent = title;
  const body = page.createElement("div");
  body.textContent = text;
  page.body.append(heading, body);
  page.body.style.font = "12pt/1.5 sans-serif";
  heading.style.fontSize = "16pt";
  body.style.whiteSpace = "pre-wrap";
  view.addEventListener("afterprint", () => sheet.remove());
  view.print();
}
