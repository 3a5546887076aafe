// Saves what is entered a moment after it is entered, one saving at a time, and tries again by itself
// when the network or the server is away.
import { Problem } from "./api";

const SETTLE_MS = 600;
const RETRY_MS_MIN = 1_500;
const RETRY_MS_MAX = 15_000;

export type SaveState =
    | { is: "saved" }
    | { is: "waiting" }
    | { is: "saving" }
    /** It will be tried again by itself. */
    | { is: "failing"; problem: Problem }
    /** It will not, until something changes. */
    | { is: "refused"; problem: Problem };

export interface AutosaveHost {
    /** Saves what is there now. Throws Problem. */
    save: () => Promise<void>;
    show: (state: SaveState) => void;
}

export class Autosave {
    readonly #host: AutosaveHost;
    #changes = 0;
    #kept = 0;
    #retryMs = RETRY_MS_MIN;
    #timer: ReturnType<typeof setTimeout> | undefined;
    #running: Promise<void> | undefined;
    #stopped = false;
    #done = false;
    /** The last try came to nothing: typing on does not hasten the next one. */
    #failing = false;

    constructor(host: AutosaveHost) {
        this.#host = host;
        addEventListener("online", () => this.#again());
        addEventListener("focus", () => this.#again());
        addEventListener("beforeunload", (event) => {
            if (this.unsaved && !this.#done) event.preventDefault();
        });
    }

    get unsaved(): boolean {
        return this.#changes !== this.#kept;
    }

    /** Something was entered. */
    touch(): void {
        this.#changes += 1;
        if (this.#stopped || this.#failing) return;
        this.#host.show({ is: "waiting" });
        this.#in(SETTLE_MS);
    }

    /** Nothing is saved for now. */
    stop(): void {
        this.#stopped = true;
        clearTimeout(this.#timer);
    }

    /** Nothing is left to save: leaving the page loses nothing. */
    end(): void {
        this.stop();
        this.#done = true;
    }

    resume(): void {
        this.#stopped = false;
        this.#failing = false;
        if (this.unsaved) this.#in(0);
    }

    /** Waits for a saving that is on its way. */
    async settled(): Promise<void> {
        await this.#running;
    }

    saveNow(): void {
        if (this.#stopped || !this.unsaved) return;
        clearTimeout(this.#timer);
        void this.#run();
    }

    #again(): void {
        if (this.unsaved && !this.#stopped) this.#in(0);
    }

    #in(milliseconds: number): void {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.#run(), milliseconds);
    }

    async #run(): Promise<void> {
        if (this.#running || this.#stopped) return;
        this.#running = this.#save();
        await this.#running;
        this.#running = undefined;
    }

    async #save(): Promise<void> {
        const saving = this.#changes;
        this.#host.show({ is: "saving" });
        try {
            await this.#host.save();
            this.#kept = saving;
            this.#retryMs = RETRY_MS_MIN;
            this.#failing = false;
            if (this.unsaved) this.#in(SETTLE_MS);
            this.#host.show({ is: this.unsaved ? "waiting" : "saved" });
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.#fail(problem);
        }
    }

    #fail(problem: Problem): void {
        // Signed out in another tab, one signs in there and it goes on here.
        const passes = problem.mayRepeat || problem.status === 401 || problem.status === 403;
        this.#failing = passes;
        this.#host.show({ is: passes ? "failing" : "refused", problem });
        if (!passes) return;
        this.#in(this.#retryMs);
        this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MS_MAX);
    }
}
