/**
 * Has what several say at once come out one after another, in the order of their numbers from 0: whose turn it is, is heard
 * as it speaks, and the others when their turn comes.
 */
export class Turns {
  readonly #write: (text: string) => void;
  readonly #waiting = new Map<number, string>();
  readonly #ended = new Set<number>();
  #turn = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Says something by a number that has not ended. */
  say(number: number, text: string): void {
    if (number === this.#turn) this.#write(text);
    else this.#waiting.set(number, (this.#waiting.get(number) ?? "") + text);
  }

  /** A number has said all. */
  end(number: number): void {
    this.#ended.add(number);
    while (this.#ended.delete(this.#turn)) {
      this.#turn++;
      const text = this.#waiting.get(this.#turn);
      this.#waiting.delete(this.#turn);
      if (text !== undefined) this.#write(text);
    }
  }
}
