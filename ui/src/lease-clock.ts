// How long the chart is still held, and the sign of life that extends it while somebody works.
import { Problem } from "./api";
import type { Lease } from "./desk";
import { shown } from "./desk-view";

const BEAT_MS = 30_000;
const WARNED_SECONDS = 600;
/** What people do when they work; a page that is merely open does none of it. */
const ACTIVITY = ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "selectionchange"];

const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    hour: "2-digit",
    minute: "2-digit",
});

export interface LeaseHost {
    /** Tells the server. Throws Problem. */
    beat: () => Promise<Lease>;
    failed: (problem: Problem) => void;
}

export class LeaseClock {
    readonly #host: LeaseHost;
    /** On this page's own clock, which nobody sets. */
    #endsAt = 0;
    #active = true;
    #stopped = false;

    constructor(lease: Lease, host: LeaseHost) {
        this.#host = host;
        this.#take(lease);
        for (const kind of ACTIVITY) {
            document.addEventListener(kind, () => (this.#active = true), { capture: true, passive: true });
        }
        setInterval(() => void this.#tick(), BEAT_MS);
    }

    stop(): void {
        this.#stopped = true;
        shown("lease").textContent = "";
    }

    resume(lease: Lease): void {
        this.#stopped = false;
        this.#take(lease);
    }

    #take(lease: Lease): void {
        this.#endsAt = performance.now() + lease.seconds_left * 1_000;
        this.#show();
    }

    async #tick(): Promise<void> {
        if (this.#stopped) return;
        if (this.#active) {
            this.#active = false;
            try {
                this.#take(await this.#host.beat());
            } catch (problem) {
                if (!(problem instanceof Problem)) throw problem;
                this.#active = true; // The work was done; the next beat tells of it.
                this.#host.failed(problem);
            }
        }
        if (!this.#stopped) this.#show();
    }

    #show(): void {
        const place = shown("lease");
        const left = (this.#endsAt - performance.now()) / 1_000;
        const until = clock.format(new Date(Date.now() + left * 1_000));
        place.classList.toggle("tone-warn", left < WARNED_SECONDS);
        if (left >= WARNED_SECONDS) place.textContent = `Yours until ${until}`;
        else if (left > 0) place.textContent = `Yours until ${until}: work on it to keep it`;
        else place.textContent = "Your time on this chart has run out; it may go back to its queue";
    }
}
