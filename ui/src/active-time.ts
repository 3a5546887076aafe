// How long somebody has worked on the chart: time in which the page is in sight and something was done
// within the last minute. What the server has counted is added to what it has not heard of yet.
import { shown } from "./desk-view";

/** Reading takes this long without a key or a move of the mouse; a longer silence is a break. */
const IDLE_MS = 60_000;
const TICK_MS = 1_000;
/** A tick that comes later than this woke up with the computer. */
const TICK_MS_MAX = 3_000;
/** What people do when they work; a page that is merely open does none of it. */
const ACTIVITY = ["keydown", "pointerdown", "pointermove", "wheel", "scroll", "selectionchange"];

export class ActiveTime {
    #counted = 0;
    #uncountedMs = 0;
    #ticked = performance.now();
    #active = performance.now();
    #stopped = false;

    constructor(countedSeconds: number) {
        this.#counted = countedSeconds;
        const note = () => {
            this.#tick();
            this.#active = performance.now();
        };
        for (const kind of ACTIVITY) document.addEventListener(kind, note, { capture: true, passive: true });
        document.addEventListener("visibilitychange", () => this.#tick());
        setInterval(() => this.#tick(), TICK_MS);
        this.#show();
    }

    /** Whole seconds that the server has not counted. */
    get uncounted(): number {
        this.#tick();
        return Math.floor(this.#uncountedMs / 1_000);
    }

    /** The server has counted these of them. */
    took(seconds: number, counted: number): void {
        this.#uncountedMs = Math.max(0, this.#uncountedMs - seconds * 1_000);
        this.#counted = counted;
        this.#show();
    }

    stop(on: boolean): void {
        this.#tick();
        this.#stopped = on;
        this.#show();
    }

    get #working(): boolean {
        if (this.#stopped || document.visibilityState !== "visible") return false;
        return performance.now() - this.#active < IDLE_MS;
    }

    #tick(): void {
        const passed = performance.now() - this.#ticked;
        this.#ticked += passed;
        if (this.#working && passed < TICK_MS_MAX) this.#uncountedMs += passed;
        this.#show();
    }

    #show(): void {
        const place = shown("timer");
        const seconds = this.#counted + Math.floor(this.#uncountedMs / 1_000);
        const two = (number: number) => String(number).padStart(2, "0");
        const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
        const words = `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
        place.dataset.state = this.#working ? "running" : "paused";
        if (place.textContent !== words) place.textContent = words;
    }
}
