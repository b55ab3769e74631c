/** Read aloud and dictation, where the browser has them. */

interface Recognition extends EventTarget {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  start(): void;
  stop(): void;
}

type RecognitionClass = new () => Recognition;

const recognition = (): RecognitionClass | undefined => {
  const all = globalThis as unknown as Record<string, RecognitionClass | undefined>;
  return all["SpeechRecognition"] ?? all["webkitSpeechRecognition"];
};

export const canListen = () => Boolean(recognition());

// Only a voice of the device itself: others send the words to their maker.
function voiceFor(language: string): SpeechSynthesisVoice | undefined {
  return speechSynthesis
    .getVoices()
    .find((voice) => voice.localService && voice.lang.startsWith(language));
}

export const canSpeak = () => typeof speechSynthesis !== "undefined";

export function speak(text: string, language = "en"): void {
  const voice = canSpeak() ? voiceFor(language) : undefined;
  if (!voice) return;
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  speechSynthesis.speak(words);
}

export function hush(): void {
  if (canSpeak()) speechSynthesis.cancel();
}

/** Turns speech into text until it is stopped. */
export class Dictation {
  #running: Recognition | null = null;

  get on(): boolean {
    return this.#running !== null;
  }

  /** heard is called with each finished phrase; ended when listening is over for any reason. */
  start(heard: (text: string) => void, ended: () => void): void {
    const Recogniser = recognition();
    if (!Recogniser) return;
    const running = new Recogniser();
    running.lang = "en-US";
    running.continuous = true;
    running.interimResults = false;
    running.addEventListener("result", (event) => {
      const { results, resultIndex } = event as unknown as {
        results: ArrayLike<ArrayLike<{ transcript: string }>>;
        resultIndex: number;
      };
      const phrase = results[resultIndex]?.[0]?.transcript.trim();
      if (phrase) heard(phrase);
    });
    for (const name of ["end", "error"]) {
      running.addEventListener(name, () => {
        this.#running = null;
        ended();
      });
    }
    this.#running = running;
    running.start();
  }

  stop(): void {
    this.#running?.stop();
  }
}
