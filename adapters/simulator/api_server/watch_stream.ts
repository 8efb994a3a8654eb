import type { ObjectEvent } from "./event_history.ts";

/** What a watch is about, and for how long. */
export interface WatchOptions {
  /** The changes to begin with. */
  readonly first: readonly ObjectEvent[];
  readonly wanted: (event: ObjectEvent) => boolean;
  /** Calls back for every later change; returns what ends that. */
  readonly listen: (listener: (event: ObjectEvent) => void) => () => void;
  /** Makes the object of a bookmark; undefined sends none. */
  readonly bookmark: (() => unknown) | undefined;
  readonly timeoutMilliseconds: number;
}

/** As often as the real one. */
const bookmarkMilliseconds = 60_000;
/** Events that a client may leave unread before it is cut off. */
const maxUnread = 1_000;

/** The JSON lines of a watch. It ends by itself after its time, when the client goes, or by `close`. */
export class WatchStream {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #onEnd: (stream: WatchStream) => void;
  readonly #bookmark: (() => unknown) | undefined;
  readonly #cleanUps: (() => void)[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;

  /** `onEnd` is called once, however it ended. */
  constructor(options: WatchOptions, onEnd: (stream: WatchStream) => void) {
    this.#onEnd = onEnd;
    this.#bookmark = options.bookmark;
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        this.#start(options);
      },
      cancel: () => {
        this.#end();
      },
    }, new CountQueuingStrategy({ highWaterMark: maxUnread }));
  }

  close(): void {
    this.#end()?.close();
  }

  /** Tells the store's version, to a client that wants to know. */
  sendBookmark(): void {
    if (this.#bookmark !== undefined) this.#send("BOOKMARK", this.#bookmark());
  }

  #start({ first, wanted, listen, timeoutMilliseconds }: WatchOptions): void {
    const sendWanted = (event: ObjectEvent) => {
      if (wanted(event)) this.#send(event.type, event.object);
    };
    const bookmarks = setInterval(() => this.sendBookmark(), bookmarkMilliseconds);
    const timeout = setTimeout(() => {
      this.sendBookmark();
      this.close();
    }, timeoutMilliseconds);
    this.#cleanUps.push(listen(sendWanted), () => clearInterval(bookmarks), () => clearTimeout(timeout));
    first.forEach(sendWanted);
  }

  #send(type: string, object: unknown): void {
    this.#controller?.enqueue(new TextEncoder().encode(`${JSON.stringify({ type, object })}\n`));
    if ((this.#controller?.desiredSize ?? 1) <= 0) this.close();
  }

  /** Stops everything once, and hands out the controller then. */
  #end(): ReadableStreamDefaultController | undefined {
    const controller = this.#controller;
    if (controller === undefined) return undefined;
    this.#controller = undefined;
    for (const cleanUp of this.#cleanUps) cleanUp();
    this.#onEnd(this);
    return controller;
  }
}
