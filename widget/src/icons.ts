import { svg, type SVGTemplateResult } from "lit";

const PATHS = {
  alert: "M12 4 21 19.5H3zM12 10v4.5M12 17v.2",
  arrow: "M12 5v14m-5.5-5.5L12 19l5.5-5.5",
  calendar: "M5 6.5h14v13H5zM5 10.5h14M9 4v4M15 4v4",
  chat: "M4.5 5.5h15v10.5h-8l-4.5 4v-4h-2.5z",
  clock: "M12 7.5V12l3 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
  close: "M6 6l12 12M18 6 6 18",
  display: "M3.5 18.5 8 6.5l4.5 12M5 14.5h6M14.5 18.5l3-8 3 8M15.6 15.8h3.8",
  download: "M12 4v11m-4.5-4 4.5 4.5 4.5-4.5M5 19.5h14",
  home: "M4 11.5 12 5l8 6.5M6.5 10v9h11v-9",
  leave: "M10 4.5H5v15h5M14.5 8l4 4-4 4M9.5 12h9",
  microphone: "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6.5 11.5a5.5 5.5 0 0 0 11 0M12 17v3",
  minus: "M6 12h12",
  more: "M5 12h.1M12 12h.1M19 12h.1",
  page: "M6.5 3.5h8l3 3.5v13.5h-11zM14.5 3.5V7h3M9 11.5h6M9 15h6",
  phone:
    "M6.6 3.5h2.6l1.5 4-2 1.6a12 12 0 0 0 6.2 6.2l1.6-2 4 1.5v2.6a2 2 0 0 1-2.1 2A16 16 0 0 1 4.6 5.6a2 2 0 0 1 2-2.1z",
  plus: "M12 6v12M6 12h12",
  print: "M7 9V4.5h10V9M7 16H4.5V9h15v7H17M7 13.5h10v6H7z",
  send: "M12 19V5M6 11l6-6 6 6",
  zoom: "M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l4.5 4.5M10.5 8v5M8 10.5h5",
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing in the colour of the text; it says nothing that words beside it do not. */
export function icon(name: IconName): SVGTemplateResult {
  return svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=${PATHS[name]}></path></svg>`;
}

/** The mark of Atlas: the ring of C1 above two vertebrae. */
export function mark(): SVGTemplateResult {
  return svg`<svg class="mark" viewBox="0 0 40 40" aria-hidden="true" focusable="false"><ellipse class="mark-ring" cx="20" cy="9.5" rx="9.5" ry="4"></ellipse><rect x="10.5" y="17.5" width="19" height="6" rx="3"></rect><rect x="8" y="27" width="24" height="6" rx="3"></rect></svg>`;
}
