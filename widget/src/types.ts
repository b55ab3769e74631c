/** What the server sends, and what the view adds to it. */

export interface Choice {
  title: string;
  payload: string;
}

/** An object beside the text that says which control or card suits; docs/web_chat.md lists them. */
export interface Custom {
  kind?: string;
  [key: string]: unknown;
}

export interface Message {
  id: string;
  from: "bot" | "user";
  text?: string;
  buttons?: Choice[];
  custom?: Custom;
  /** When it was said, ISO 8601. */
  at?: string;
  /** Only on the visitor's own messages. */
  status?: "sending" | "failed";
  /** Why it failed, in words for the visitor. */
  problem?: string;
  /** Whether sending it again can help. */
  retry?: boolean;
  /** What is sent, where the shown text is a button's title. */
  payload?: string;
}

/** What the page may know of the clinic, from GET /chat/config. */
export interface Config {
  clinic: string;
  phone: string;
  emergency: string;
  crisis: string;
  demo: boolean;
  retention_days: number;
  idle_minutes: number;
  exit_page: string;
  colour: string;
  /** What Atlas itself speaks. */
  languages: string[];
}

export type Feedback = "unclear" | "off_topic" | "not_my_case" | "wrong" | "other";
