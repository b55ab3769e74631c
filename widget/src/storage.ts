/**
 * What stays in the browser. The token and the unsent draft live in this tab's session storage
 * and go with it; only how the chat should look is remembered on the device.
 */

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    // Storage is switched off or full: the chat then lives as long as the page.
    return otherwise;
  }
}

export function recall(name: string): string | null {
  return attempt(() => sessionStorage.getItem(name), null);
}

export function keep(name: string, value: string | null): void {
  attempt(() => {
    if (value) sessionStorage.setItem(name, value);
    else sessionStorage.removeItem(name);
  }, undefined);
}

export function recallOnDevice(name: string): string | null {
  return attempt(() => localStorage.getItem(name), null);
}

export function keepOnDevice(name: string, value: string | null): void {
  attempt(() => {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  }, undefined);
}
