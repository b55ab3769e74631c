import { css, unsafeCSS, type CSSResult } from "lit";
import cards from "./styles/cards.css?inline";
import chat from "./styles/chat.css?inline";
import controls from "./styles/controls.css?inline";
import dialogs from "./styles/dialogs.css?inline";
import frame from "./styles/frame.css?inline";
import modes from "./styles/modes.css?inline";

/** A colour that a site can set, else the clinic's own from the server, else Atlas's. */
const brand = (name: string, own: string) => `var(--atlas-${name}, var(--_${name}, ${own}))`;

const light = `
  color-scheme: light;
  --paper: var(--atlas-paper, #f5f3ee); --surface: var(--atlas-surface, #fff);
  --ink: var(--atlas-ink, #16211f); --ink-soft: #56625f;
  --line: #dcd8ce; --line-strong: #7c8581;
  --brand: ${brand("brand", "#0f5a52")}; --brand-hover: ${brand("brand-hover", "#0b463f")};
  --brand-tint: ${brand("brand-tint", "#e2efec")}; --on-brand: #fff;
  --user: var(--brand); --on-user: #fff; --head: ${brand("head", "#0f4540")};
  --head-ink: #f3f7f5; --head-soft: #c4dad5; --amber: #f0b35a; --amber-line: #c9852a;
  --danger: #b3201a; --danger-hover: #8f1712; --danger-ink: #b3201a; --danger-tint: #fcebe8;
  --on-danger: #fff; --call: #fff; --on-call: #8f1712;
  --today: #8a4b00; --today-tint: #fdf0db; --visit: #155a7d; --visit-tint: #e5f1f7;
  --home: #2a6540; --home-tint: #e7f3ea; --skin: #e9d8c8; --skin-line: #c9b29c;
  --shadow: 0 1px 2px rgb(22 33 31 / 6%), 0 4px 14px rgb(22 33 31 / 5%);`;

const dark = `
  color-scheme: dark;
  --paper: var(--atlas-paper-dark, #101615); --surface: var(--atlas-surface-dark, #1a2321);
  --ink: var(--atlas-ink-dark, #e9eeeb); --ink-soft: #a7b4af;
  --line: #2d3936; --line-strong: #6d7b76;
  --brand: ${brand("brand-dark", "#84cfc2")}; --brand-hover: ${brand("brand-dark-hover", "#a5e0d6")};
  --brand-tint: ${brand("brand-dark-tint", "#1c3330")}; --on-brand: #08211e;
  --user: ${brand("user-dark", "#1d5750")}; --on-user: #fff; --head: ${brand("head-dark", "#0b2a28")};
  --head-ink: #f3f7f5; --head-soft: #b9d2cc; --amber: #f0b35a; --amber-line: #f0b35a;
  --danger: #c9352c; --danger-hover: #b52c24; --danger-ink: #ff9d94; --danger-tint: #3a1815;
  --on-danger: #fff; --call: #fff; --on-call: #8f1712;
  --today: #f3bd72; --today-tint: #33260f; --visit: #8cc8e6; --visit-tint: #132b37;
  --home: #93cfa4; --home-tint: #162c1d; --skin: #3b4a46; --skin-line: #5d6f69;
  --shadow: none;`;

// Black and white with one strong colour each: at least 7 to 1 everywhere.
const contrast = `
  color-scheme: dark;
  --paper: #000; --surface: #000; --ink: #fff; --ink-soft: #fff; --line: #fff; --line-strong: #fff;
  --brand: #ffe45c; --brand-hover: #fff; --brand-tint: #1d1d1d; --on-brand: #000;
  --user: #000; --on-user: #fff; --head: #000; --head-ink: #fff; --head-soft: #fff;
  --amber: #ffe45c; --amber-line: #ffe45c;
  --danger: #ffb3ab; --danger-hover: #fff; --danger-ink: #ffb3ab; --danger-tint: #000;
  --on-danger: #000; --call: #000; --on-call: #ffb3ab;
  --today: #ffe45c; --today-tint: #000; --visit: #9fe0ff; --visit-tint: #000;
  --home: #b4f5c4; --home-tint: #000; --skin: #000; --skin-line: #fff; --shadow: none;`;

const themes = css`
  .frame {
    ${unsafeCSS(light)}
  }
  @media (prefers-color-scheme: dark) {
    .frame:not([data-theme]) {
      ${unsafeCSS(dark)}
    }
  }
  .frame[data-theme="dark"] {
    ${unsafeCSS(dark)}
  }
  @media (prefers-contrast: more) {
    .frame:not([data-theme]) {
      ${unsafeCSS(contrast)}
    }
  }
  .frame[data-theme="contrast"] {
    ${unsafeCSS(contrast)}
  }
`;

export const styles: CSSResult[] = [
  themes,
  ...[frame, chat, controls, cards, dialogs, modes].map((sheet) => unsafeCSS(sheet)),
];
