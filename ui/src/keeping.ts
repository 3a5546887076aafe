// Holding a chart: its draft is saved as it is entered, its lease is kept while somebody works, and its
// end is told once. The coder's desk and the reviewer's are both built on it.
//
// What the server has not got yet stays in this page's memory and nowhere else: a browser's storage is
// no place for patient data.
import { call, newKey, Problem } from "./api";
import { Autosave, type SaveState } from "./autosave";
import type { DocumentInfo, Lease, StoredDraft } from "./desk";
import { type Banner, showBanner, shown } from "./desk-view";
import type { GivingBack } from "./give-back";
import { LeaseClock } from "./lease-clock";
import { canonical, sameDraft } from "./same-draft";
import { Tabs } from "./tabs";
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
    /** What is entered, in words. */
    asText: () => string;
    /** The server would not end the work so; answers whether the page tells it in its place. */
    refused: (problem: Problem) => boolean;
}

/** Savings whose answers may have been lost on the way; older ones were overtaken by later ones. */
const UNANSWERED_MAX = 20;

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
    readonly #tabs: Tabs;
    #epoch: number;
    #revision: number;
    #finishing = false;
    /** Another tab is worked in. */
    #resting = false;
    /** What was sent to be saved and not answered, as canonical text. */
    #unanswered: string[] = [];
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
            beat: (workedSeconds) => this.#beat(workedSeconds),
            failed: (problem) => this.noticeLoss(problem),
        });
        this.#tabs = new Tabs(address, {
            rest: () => this.#rest(),
            others: () => void this.#hearOfOthers(),
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
            this.#unanswered = [];
            this.#revision = kept.revision;
            this.#showSaved(kept.saved_at);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (problem.mayRepeat) {
                this.#unanswered = [...this.#unanswered.slice(1 - UNANSWERED_MAX), canonical(draft)];
            }
            const stored = (problem.told as { stored?: StoredDraft<D> }).stored;
            if (problem.kind !== "draft_behind" || !stored) {
                this.noticeLoss(problem);
                throw problem;
            }
            await this.#catchUp(stored, draft, problem);
        }
    }

    /** Our own saving, whose answer was lost on the way, is no one else's. */
    async #catchUp(stored: StoredDraft<D>, draft: D, problem: Problem): Promise<void> {
        if (sameDraft(stored.draft, draft)) {
            this.#unanswered = [];
            this.#revision = stored.revision;
        } else if (this.#unanswered.includes(canonical(stored.draft))) {
            this.#unanswered = [];
            this.#revision = stored.revision;
            await this.#save();
        } else {
            this.#showBehind(stored);
            throw problem;
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
        const where = stored.own ? "in another window" : "by someone else";
        showBanner("behind", {
            tone: "warn",
            title: `This chart was changed ${where}.`,
            text: `It was saved there at ${clock.format(new Date(stored.saved_at))}. Which is right?`,
            actions: [
                { label: "Use what was saved there", press: choose(true) },
                { label: "Keep what is here", press: choose(false) },
            ],
        });
    }

    /** What the server has, where it went on without this page; what is unsaved here is never lost. */
    #meet(stored: StoredDraft<D> | null): void {
        if (!stored || stored.revision <= this.#revision) return;
        if (this.#autosave.unsaved && !sameDraft(stored.draft, this.#host.draft())) {
            this.#showBehind(stored);
            return;
        }
        this.#revision = stored.revision;
        this.#host.fill(stored.draft);
        this.#showSaved(stored.saved_at);
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
        showBanner("unsaved", this.#unsavedBanner(state.is === "failing", problem));
    }

    #unsavedBanner(isTriedAgain: boolean, problem: Problem): Banner {
        const tone = "warn";
        if (!isTriedAgain) {
            const text = `${problem.message}. ${problem.fields.map(({ message }) => message).join("; ")}`;
            return { tone, title: "Not saved yet.", text };
        }
        const stays = "What you enter stays in this page";
        if (problem.status === 401) {
            const press = () => void window.open("/sign-in?next=/work", "_blank", "noopener");
            const text = `${stays}, and is saved when you have signed in again in another tab.`;
            const actions = [{ label: "Sign in in a new tab", press }];
            return { tone, title: "You are signed out.", text, actions };
        }
        const [title, until] =
            problem.status === 0
                ? ["The server can’t be reached.", "it answers again. Go on working"]
                : ["Not saved yet.", "the server can take it"];
        const text = `${stays}, and is saved by itself as soon as ${until}.`;
        return { tone, title, text, actions: [{ label: "Try now", press: () => this.saveNow() }] };
    }

    // ── other tabs ──────────────────────────────────────────────────────────────────────────────

    async #rest(): Promise<void> {
        if (this.#resting || this.#finishing) return;
        this.#autosave.saveNow();
        await this.#autosave.settled();
        this.#autosave.stop();
        this.#lease.stop();
        this.#showResting();
    }

    #showResting(): void {
        this.#resting = true;
        this.#root.inert = true;
        showBanner("tabs", undefined);
        const unsaved = this.#autosave.unsaved ? " Your last entries here are not saved yet." : "";
        showBanner("tabs", {
            tone: "warn",
            title: "You opened this chart in another tab.",
            text: `This tab rests, so that the two do not overwrite each other.${unsaved}`,
            actions: [{ label: "Go on in this tab", press: () => void this.#wake() }],
        });
    }

    async #wake(): Promise<void> {
        await this.#tabs.takeOver();
        this.#resting = false;
        this.#root.inert = false;
        showBanner("tabs", undefined);
        const isHere = await this.#regain();
        if (!isHere && !this.#finishing) this.#showResting();
    }

    async #hearOfOthers(): Promise<void> {
        showBanner("tabs", {
            tone: "info",
            title: "This chart is open in another tab, too.",
            text: "That tab rests now; what was entered there is saved and shown here.",
            actions: [{ label: "Good", press: () => showBanner("tabs", undefined) }],
        });
        try {
            this.#meet((await call<K>("GET", this.#address)).draft);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.noticeLoss(problem);
        }
    }

    // ── the lease ───────────────────────────────────────────────────────────────────────────────

    async #beat(workedSeconds: number): Promise<Lease> {
        const body = { epoch: this.#epoch, active: true, worked_seconds: workedSeconds };
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
                { label: "Copy my entries", press: () => void this.#copy() },
                { label: "Look again", press: () => void this.#regain() },
                { label: "Back to my work", press: () => leave(this.#root) },
            ],
        });
    }

    async #copy(): Promise<void> {
        try {
            await navigator.clipboard.writeText(this.#host.asText());
            toast("Your entries are on the clipboard.");
        } catch {
            toast("This browser does not let a page copy: select your entries and copy them.", "error");
        }
    }

    #enable(on: boolean): void {
        const controls = this.#root.querySelectorAll<HTMLInputElement>("[data-do], [data-add]");
        for (const control of controls) control.disabled = !on;
    }

    /** Held again, perhaps through another window: what is here goes on from what was saved. */
    async #regain(): Promise<boolean> {
        try {
            const chart = await fetchChart<K>(this.#address);
            this.#epoch = chart.lease.epoch;
            this.#finishing = false;
            this.#enable(true);
            showBanner("lease", undefined);
            this.#lease.resume(chart.lease);
            await this.#host.reopen(chart);
            this.#autosave.resume();
            this.#meet(chart.draft);
            this.#host.changed();
            return true;
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.noticeLoss(problem);
            toast(problem.message, "error");
            return false;
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
            await this.#lease.tell();
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

    /** What is to be sent, if everything that was entered is saved. */
    async onceSaved(gather: () => Promise<object | undefined>): Promise<object | undefined> {
        if (!this.#autosave.unsaved) return await gather();
        toast("Your last entries are not saved yet; try again when they are.", "error");
        return undefined;
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
     * Asks for the reason, then gives the chart back with its draft saved. `act` is the button's data-do;
     * `settle` takes what is being typed.
     */
    async giveBack(
        act: string,
        ask: () => Promise<GivingBack | undefined>,
        settle: () => void,
    ): Promise<void> {
        if (this.#finishing) return;
        const given = await ask();
        if (!given) return;
        settle();
        this.#autosave.saveNow();
        const gather = async () => {
            if (!this.#autosave.unsaved) return { epoch: this.#epoch, ...given.body };
            toast("Your last entries are not saved yet; try again when they are.", "error");
            return undefined;
        };
        await this.finish(act, gather, given.verb);
    }
}
