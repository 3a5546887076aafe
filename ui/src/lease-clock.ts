// How long the chart is still held, and the sign of life that extends it while somebody works.
import { ActiveTime } from "./active-time";
import { Problem } from "./api";
import type { Lease } from "./desk";
import { shown } from "./desk-view";

const BEAT_MS = 30_000;
const WARNED_SECONDS = 600;

const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    hour: "2-digit",
    minute: "2-digit",
});

export interface LeaseHost {
    /** Tells the server of so many seconds of work since the last time. Throws Problem. */
    beat: (workedSeconds: number) => Promise<Lease>;
    failed: (problem: Problem) => void;
}

export class LeaseClock {
    readonly #host: LeaseHost;
    readonly #time: ActiveTime;
    /** On this page's own clock, which nobody sets. */
    #endsAt = 0;
    #stopped = false;

    constructor(lease: Lease, host: LeaseHost) {
        this.#host = host;
        this.#time = new ActiveTime(lease.active_seconds);
        this.#take(lease);
        setInterval(() => void this.#tick(), BEAT_MS);
    }

    stop(): void {
        this.#stopped = true;
        this.#time.stop(true);
        shown("lease").textContent = "";
    }

    resume(lease: Lease): void {
        this.#stopped = false;
        this.#time.stop(false);
        this.#time.took(0, lease.active_seconds);
        this.#take(lease);
    }

    /** Tells of the last seconds, before the work ends. Whether that arrives decides nothing. */
    async tell(): Promise<void> {
        const worked = this.#time.uncounted;
        if (this.#stopped || worked === 0) return;
        try {
            const lease = await this.#host.beat(worked);
            this.#time.took(worked, lease.active_seconds);
            this.#take(lease);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.#host.failed(problem);
        }
    }

    #take(lease: Lease): void {
        this.#endsAt = performance.now() + lease.seconds_left * 1_000;
        this.#show();
    }

    async #tick(): Promise<void> {
        await this.tell();
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
