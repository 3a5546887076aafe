// Holding a chart: its draft is saved as it is entered, its lease is kept while somebody works, and its
// end is told once. The coder's desk and the reviewer's are both built on it.
//
// What the server has not got yet stays in this page's memory and nowhere else: a browser's storage is
// no place for patient data.
import { call, newKey, Problem } from "./api";
import { Autosave, type SaveState } from "./autosave";
import type { DocumentInfo, Lease, StoredDraft } from "./desk";
import { askReason, showBanner, shown } from "./desk-view";
import { LeaseClock } from "./lease-clock";
import { toast } from "./toast";

/** What the server says of every held chart, whatever is done with it. */
export interface HeldChart<D> {
    documents: DocumentInfo[];
    draft: StoredDraft<D> | null;
    lease: Lease;
}

/** What a page does when something happens here. */
export interface KeepingHost<D, K> {
    /** What is entered now. */
    draft: () => D;
    /** Shows another draft instead. */
    fill: (draft: D) => void;
    /** What is entered has become another. */
    changed: () => void;
    /** The chart is no longer this person's to read. */
    close: () => void;
    /** It is again. */
    reopen: (chart: K) => Promise<void>;
    /** The server would not end the work so; answers whether the page tells it in its place. */
    refused: (problem: Problem) => boolean;
}

const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    hour: "2-digit",
    minute: "2-digit",
});

/** Opens the chart at an address of the API; says on the page why when that can't be. */
export async function openChart<K extends { lease: Lease }>(
    root: HTMLElement,
    address: string,
    begin: (chart: K) => Promise<void>,
): Promise<void> {
    try {
        await begin(await fetchChart<K>(address));
    } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        shown("queue").textContent = "This chart can't be opened";
        root.inert = true;
        const again = { label: "Try again", press: () => location.reload() };
        const back = { label: "Back to my work", press: () => leave(root) };
        const actions = problem.mayRepeat ? [again, back] : [back];
        showBanner("lease", { tone: "error", title: problem.title, text: problem.message, actions });
    }
}

async function fetchChart<K extends { lease: Lease }>(address: string): Promise<K> {
    const chart = await call<K>("GET", address);
    if (chart.lease.state === "offered") chart.lease = await call<Lease>("POST", `${address}/start`);
    return chart;
}

function leave(root: HTMLElement): void {
    location.assign(root.dataset.next ?? "/");
}

export class Keeping<D, K extends HeldChart<D>> {
    readonly #root: HTMLElement;
    readonly #address: string;
    readonly #host: KeepingHost<D, K>;
    readonly #autosave: Autosave;
    readonly #lease: LeaseClock;
    #epoch: number;
    #revision: number;
    #finishing = false;
    /** While one end of the work is on its way, no other begins. */
    #ending = false;
    /** What was sent last to end the work, so that the same thing is never done twice. */
    #sent = { body: "", key: "" };

    constructor(root: HTMLElement, address: string, chart: K, host: KeepingHost<D, K>) {
        this.#root = root;
        this.#address = address;
        this.#host = host;
        this.#epoch = chart.lease.epoch;
        this.#revision = chart.draft?.revision ?? 0;
        this.#autosave = new Autosave({ save: () => this.#save(), show: (state) => this.#showSave(state) });
        this.#lease = new LeaseClock(chart.lease, {
            beat: () => this.#beat(),
            failed: (problem) => this.noticeLoss(problem),
        });
        this.#showSaved(chart.draft?.saved_at);
        this.#tellWhoBegan(chart.draft);
    }

    get epoch(): number {
        return this.#epoch;
    }

    /** Whether the work is over, or the chart gone: nothing more is to be done on it. */
    get finishing(): boolean {
        return this.#finishing;
    }

    /** Something was entered. */
    touch(): void {
        this.#autosave.touch();
    }

    saveNow(): void {
        this.#autosave.saveNow();
    }

    // ── saving ──────────────────────────────────────────────────────────────────────────────────

    async #save(): Promise<void> {
        const draft = this.#host.draft();
        try {
            const body = { epoch: this.#epoch, revision: this.#revision, draft };
            const kept = await call<{ revision: number; saved_at: string }>(
                "PUT",
                `${this.#address}/draft`,
                body,
            );
            this.#revision = kept.revision;
            this.#showSaved(kept.saved_at);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            const stored = (problem.told as { stored?: StoredDraft<D> }).stored;
            if (problem.kind !== "draft_behind" || !stored) {
                this.noticeLoss(problem);
                throw problem;
            }
            // Our own saving, whose answer was lost on the way, is no one else's.
            const ours = JSON.stringify(stored.draft) === JSON.stringify(draft);
            if (ours) this.#revision = stored.revision;
            else {
                this.#showBehind(stored);
                throw problem;
            }
        }
    }

    #showBehind(stored: StoredDraft<D>): void {
        this.#autosave.stop();
        const choose = (take: boolean) => () => {
            showBanner("behind", undefined);
            this.#revision = stored.revision;
            if (take) this.#host.fill(stored.draft);
            this.#autosave.resume();
            this.#host.changed();
        };
        showBanner("behind", {
            tone: "warn",
            title: "This chart was changed in another window.",
            text: `It was saved there at ${clock.format(new Date(stored.saved_at))}. Which is right?`,
            actions: [
                { label: "Use what was saved there", press: choose(true) },
                { label: "Keep what is here", press: choose(false) },
            ],
        });
    }

    #tellWhoBegan(draft: StoredDraft<D> | null): void {
        if (!draft || draft.own) return;
        const text = `Their entries, saved ${clock.format(new Date(draft.saved_at))}, are below.`;
        showBanner("theirs", { tone: "info", title: "Someone began this chart before you.", text });
    }

    #showSaved(at: string | undefined): void {
        const place = shown("save");
        place.dataset.state = "saved";
        place.textContent = at ? `Saved ${clock.format(new Date(at))}` : "Saved as you type";
    }

    #showSave(state: SaveState): void {
        const place = shown("save");
        place.dataset.state = state.is;
        const problem = "problem" in state ? state.problem : undefined;
        if (state.is === "waiting" || state.is === "saving") place.textContent = "Saving …";
        if (!problem) {
            if (state.is === "saved") showBanner("unsaved", undefined);
            return;
        }
        place.textContent = "Not saved yet";
        if (problem.status === 409) return; // Told already, with what to do.
        const signIn = () => void window.open("/sign-in?next=/work", "_blank", "noopener");
        showBanner("unsaved", {
            tone: "warn",
            title: "Not saved yet.",
            text:
                state.is === "failing"
                    ? "What you enter stays in this page, and saving is tried again by itself."
                    : `${problem.message}. ${problem.fields.map(({ message }) => message).join("; ")}`,
            actions: problem.status === 401 ? [{ label: "Sign in in a new tab", press: signIn }] : [],
        });
    }

    // ── the lease ───────────────────────────────────────────────────────────────────────────────

    async #beat(): Promise<Lease> {
        const body = { epoch: this.#epoch, active: true };
        return await call<Lease>("POST", `${this.#address}/beat`, body);
    }

    /** 409 (but for a draft that is behind) and 403, 404: the chart is no longer on this desk. */
    noticeLoss(problem: Problem): void {
        const lost = problem.status === 404 || (problem.status === 409 && problem.kind === "conflict");
        if (!lost || this.#finishing) return;
        this.#finishing = true;
        this.#autosave.stop();
        this.#lease.stop();
        this.#host.close();
        shown("encounter").replaceChildren();
        this.#enable(false);
        showBanner("unsaved", undefined);
        this.#showSave({ is: this.#autosave.unsaved ? "refused" : "saved", problem });
        const unsaved = this.#autosave.unsaved
            ? "What you entered since the last saving is below, in this page's memory and nowhere else."
            : "Everything you entered was saved with it.";
        showBanner("lease", {
            tone: "error",
            title: "You no longer hold this chart.",
            text: unsaved,
            actions: [
                { label: "Look again", press: () => void this.#regain() },
                { label: "Back to my work", press: () => leave(this.#root) },
            ],
        });
    }

    #enable(on: boolean): void {
        const controls = this.#root.querySelectorAll<HTMLInputElement>("[data-do], [data-add]");
        for (const control of controls) control.disabled = !on;
    }

    /** Held again, perhaps through another window: what is here goes on from what was saved. */
    async #regain(): Promise<void> {
        try {
            const chart = await fetchChart<K>(this.#address);
            this.#epoch = chart.lease.epoch;
            this.#revision = chart.draft?.revision ?? 0;
            this.#finishing = false;
            this.#enable(true);
            showBanner("lease", undefined);
            this.#lease.resume(chart.lease);
            await this.#host.reopen(chart);
            this.#autosave.resume();
            this.#host.changed();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            toast(problem.message, "error");
        }
    }

    // ── finishing ───────────────────────────────────────────────────────────────────────────────

    /**
     * Sends what ends the work here; stays when the server says no, or nothing is to be sent. `act` is
     * the button's data-do, `verb` what the API calls it.
     */
    async finish(act: string, gather: () => Promise<object | undefined>, verb = act): Promise<void> {
        if (this.#finishing || this.#ending) return;
        this.#ending = true;
        this.#busy(act, true);
        this.#autosave.stop();
        try {
            await this.#autosave.settled();
            const body = await gather();
            if (body === undefined || this.#finishing) return;
            await call("POST", `${this.#address}/${verb}`, body, this.#keyFor(act, body));
            this.#finishing = true;
            this.#autosave.end();
            leave(this.#root);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.#refused(problem);
        } finally {
            this.#ending = false;
            this.#busy(act, false);
            if (!this.#finishing) this.#autosave.resume();
        }
    }

    #refused(problem: Problem): void {
        this.noticeLoss(problem);
        const told = this.#host.refused(problem);
        if (!told && !this.#finishing) toast(problem.fields[0]?.message ?? problem.message, "error");
    }

    #keyFor(act: string, body: object): string {
        const now = act + JSON.stringify(body);
        if (this.#sent.body !== now) this.#sent = { body: now, key: newKey() };
        return this.#sent.key;
    }

    #busy(act: string, on: boolean): void {
        const button = this.#root.querySelector<HTMLButtonElement>(`[data-do="${act}"]`);
        if (!button) return;
        button.disabled = on || this.#finishing;
        button.toggleAttribute("aria-busy", on);
        if (on) button.setAttribute("aria-busy", "true");
    }

    /**
     * Asks for the reason, then gives the chart back with its draft saved. `settle` takes what is being
     * typed.
     */
    async giveBack(verb: "hold" | "release", settle: () => void): Promise<void> {
        if (this.#finishing) return;
        const reason = await askReason(verb);
        if (!reason) return;
        settle();
        this.#autosave.saveNow();
        await this.finish(verb, async () => {
            if (!this.#autosave.unsaved) return { epoch: this.#epoch, ...reason };
            toast("Your last entries are not saved yet; try again when they are.", "error");
            return undefined;
        });
    }
}
