// A value that components look at and anybody may set.
import { useSyncExternalStore } from "react";

export class Cell<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  get = (): T => this.value;

  set(value: T): void {
    this.value = value;
    for (const listener of this.listeners) listener();
  }

  /** The value, in a component, which is drawn anew when it changes. */
  use(): T {
    return useSyncExternalStore(this.subscribe, this.get);
  }

  private subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}
