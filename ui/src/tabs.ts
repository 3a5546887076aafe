// One chart in two tabs of a browser: the newer one is worked in, the older one saves and rests until it
// takes over again. Tabs tell each other that they are there, and nothing about the chart.

const ANSWER_MS_MAX = 3_000;

type Said = { is: "here"; tab: string } | { is: "resting"; to: string };

export interface TabsHost {
    /** Another tab has begun: save what is unsaved, and rest. */
    rest: () => Promise<void>;
    /** Another tab has saved and rests now. */
    others: () => void;
}

export class Tabs {
    readonly #channel: BroadcastChannel;
    readonly #host: TabsHost;
    readonly #me = crypto.randomUUID();
    #answered: (() => void) | undefined;

    constructor(address: string, host: TabsHost) {
        this.#host = host;
        this.#channel = new BroadcastChannel(`chartrelay ${address}`);
        this.#channel.addEventListener("message", ({ data }: MessageEvent<Said>) => void this.#hear(data));
        this.#channel.postMessage({ is: "here", tab: this.#me } satisfies Said);
    }

    /** Asks the others to rest, and waits until one does; a tab that was closed or sleeps says nothing. */
    async takeOver(): Promise<void> {
        const answer = new Promise<void>((resolve) => (this.#answered = resolve));
        this.#channel.postMessage({ is: "here", tab: this.#me } satisfies Said);
        await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, ANSWER_MS_MAX))]);
        this.#answered = undefined;
    }

    async #hear(said: Said): Promise<void> {
        if (said.is === "here") {
            await this.#host.rest();
            this.#channel.postMessage({ is: "resting", to: said.tab } satisfies Said);
        } else if (said.to === this.#me) {
            if (this.#answered) this.#answered();
            else this.#host.others();
        }
    }
}
