// The coder's desk: opens a chart, keeps what is entered, checks it, hands it in.
//
// What the server has not got yet stays in this page's memory and nowhere else: a browser's storage is
// no place for patient data.
import { call, newKey, Problem } from "./api";
import { Autosave, type SaveState } from "./autosave";
import type { Checked, Desk, Draft, Finding, Lease, ReviewFinding, StoredDraft } from "./desk";
import { written } from "./desk";
import {
    askReason,
    drawDesk,
    drawSentBack,
    isFixedWidth,
    likesFixedWidth,
    showBanner,
    showFixedWidth,
    shown,
} from "./desk-view";
import { Findings } from "./findings";
import { LeaseClock } from "./lease-clock";
import { Lines, type Row } from "./lines";
import { Reading } from "./reading";
import { toast } from "./toast";

const CHECK_SETTLE_MS = 350;

const clock = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    hour: "2-digit",
    minute: "2-digit",
});

/** Starts the desk on a page that has one. */
export function attachWorkspace(): void {
    const root = document.querySelector<HTMLElement>("[data-desk]");
    if (root) void open(root);
}

async function open(root: HTMLElement): Promise<void> {
    const address = `/api/v1/desk/${root.dataset.desk ?? ""}`;
    try {
        const desk = await call<Desk>("GET", address);
        if (desk.lease.state === "offered") desk.lease = await call<Lease>("POST", `${address}/start`);
        const workspace = new Workspace(root, address, desk);
        await workspace.begin();
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

function leave(root: HTMLElement): void {
    location.assign(root.dataset.next ?? "/");
}

class Workspace {
    readonly #root: HTMLElement;
    readonly #address: string;
    readonly #desk: Desk;
    readonly #note: HTMLTextAreaElement;
    readonly #lines: Lines;
    readonly #reading: Reading;
    readonly #findings: Findings;
    readonly #autosave: Autosave;
    readonly #lease: LeaseClock;
    /** Names a line for as long as the page lives, wherever it moves. */
    readonly #keys = new WeakMap<Row, string>();
    #keysMade = 0;
    #revision: number;
    #checkTimer: ReturnType<typeof setTimeout> | undefined;
    #checkTurn = 0;
    #finishing = false;
    /** What was sent last to be handed in, so that the same thing is never done twice. */
    #sent = { body: "", key: "" };

    constructor(root: HTMLElement, address: string, desk: Desk) {
        this.#root = root;
        this.#address = address;
        this.#desk = desk;
        this.#revision = desk.draft?.revision ?? 0;
        this.#note = root.querySelector<HTMLTextAreaElement>("[data-entry=note]") as HTMLTextAreaElement;
        this.#reading = new Reading(root, {
            address: (id) => `${address}/documents/${id}`,
            marks: () => this.#marks(),
            picked: (place) => this.#lines.select(this.#lines.rows.find((row) => row.evidence === place)),
            failed: (problem) => this.#noticeLoss(problem),
        });
        this.#lines = new Lines(root, {
            columns: desk.columns,
            on: desk.coded_on,
            changed: () => this.#changed(),
            selected: (row) => this.#showSelected(row),
            showEvidence: (place) => void this.#reading.reveal(place),
            documentNumber: (id) => this.#reading.numberOf(id),
        });
        this.#findings = new Findings(root, {
            go: (finding) => this.#lines.focusField(finding.line, finding.field),
            changed: () => this.#autosave.touch(),
            nameOf: (line) => this.#lines.rows[line]?.tr.getAttribute("aria-label") ?? "",
        });
        this.#autosave = new Autosave({ save: () => this.#save(), show: (state) => this.#showSave(state) });
        this.#lease = new LeaseClock(desk.lease, {
            beat: () => this.#beat(),
            failed: (problem) => this.#noticeLoss(problem),
        });
    }

    async begin(): Promise<void> {
        const { draft, previous, chart, documents, notes } = this.#desk;
        drawDesk(this.#desk);
        showFixedWidth(likesFixedWidth());
        const opening = this.#reading.open(documents);
        this.#fill(draft?.draft ?? { lines: previous ?? [], note: "", dismissals: [] });
        if (draft && !draft.own) {
            const text = `Their entries, saved ${clock.format(new Date(draft.saved_at))}, are below.`;
            showBanner("theirs", { tone: "info", title: "Someone began this chart before you.", text });
        }
        this.#showSaved(draft?.saved_at);
        this.#listen();
        if (chart.round > 0) void this.#showSentBack(notes);
        await Promise.all([opening, this.#check()]);
        this.#root.querySelector<HTMLElement>("[data-reading=pane]")?.focus({ preventScroll: true });
    }

    #listen(): void {
        const acts: Record<string, () => void> = {
            evidence: () => this.#keepEvidence(),
            up: () => this.#lines.move(-1),
            down: () => this.#lines.move(1),
            remove: () => this.#lines.remove(),
            restore: () => this.#lines.restore(),
            next: () => this.#lines.step(1),
            previous: () => this.#lines.step(-1),
            findings: () => this.#findings.focusFirst(),
            font: () => showFixedWidth(!isFixedWidth()),
            save: () => this.#autosave.saveNow(),
            submit: () => void this.#submit(),
            hold: () => void this.#giveBack("hold"),
            release: () => void this.#giveBack("release"),
            view: () => {
                const place = this.#lines.selected?.evidence;
                if (place) void this.#reading.reveal(place);
            },
        };
        for (const button of this.#root.querySelectorAll<HTMLElement>("[data-do]")) {
            // A press must not take the selection away from the text.
            const keeps = button.dataset.do === "evidence";
            if (keeps) button.addEventListener("pointerdown", (event) => event.preventDefault());
            button.addEventListener("click", () => acts[button.dataset.do ?? ""]?.());
        }
        this.#note.addEventListener("input", () => this.#autosave.touch());
        this.#root.addEventListener("keydown", (event) => {
            if (event.key !== "Escape" || event.defaultPrevented) return;
            const adding = event.target instanceof Element && event.target.matches("[data-add], textarea");
            if (adding) (this.#lines.selected?.tr ?? document.getElementById("main"))?.focus();
        });
    }

    // ── entries ─────────────────────────────────────────────────────────────────────────────────

    #fill(draft: Draft): void {
        this.#lines.load(draft.lines);
        this.#note.value = draft.note;
        this.#findings.load(draft.dismissals, this.#lineKeys());
        this.#reading.draw();
    }

    #draft(): Draft {
        const dismissals = this.#findings.dismissals(this.#lineKeys());
        return { lines: this.#lines.lines(), note: this.#note.value, dismissals };
    }

    #changed(): void {
        this.#autosave.touch();
        shown("refusal").textContent = "";
        this.#showSelected(this.#lines.selected);
        clearTimeout(this.#checkTimer);
        this.#checkTurn += 1;
        this.#checkTimer = setTimeout(() => void this.#check(), CHECK_SETTLE_MS);
    }

    #keepEvidence(): void {
        const place = this.#reading.selection();
        if (place) this.#lines.setEvidence(place);
        else toast("Select the text that supports the line, or search for it, then press E.");
    }

    #showSelected(row: Row | undefined): void {
        const name = row ? `${row.tr.getAttribute("aria-label")} · ${written(row.system, row.code)}` : "";
        shown("line-name").textContent = name;
        shown("line-tools").hidden = row === undefined && !this.#lines.canRestore;
        this.#allow("restore", this.#lines.canRestore);
        shown("evidence-for").textContent = name
            ? `for ${name}`
            : "Choose a line, then select the text that supports it.";
        for (const act of ["evidence", "up", "down", "remove"]) this.#allow(act, row !== undefined);
        this.#allow("view", row?.evidence != null);
        this.#reading.draw();
    }

    #allow(act: string, on: boolean): void {
        const button = this.#root.querySelector<HTMLButtonElement>(`[data-do="${act}"]`);
        if (button) button.disabled = !on || this.#finishing;
    }

    /** What the reviewer found is told by the reviewer's part of the API. */
    async #showSentBack(notes: Desk["notes"]): Promise<void> {
        try {
            const address = `${this.#address}/findings`;
            const { findings } = await call<{ findings: ReviewFinding[] }>("GET", address);
            drawSentBack(findings, notes);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            drawSentBack([], notes);
        }
    }

    #lineKeys(): string[] {
        return this.#lines.rows.map((row) => {
            const known = this.#keys.get(row);
            if (known !== undefined) return known;
            const key = String(++this.#keysMade);
            this.#keys.set(row, key);
            return key;
        });
    }

    #marks() {
        return this.#lines.rows.flatMap((row) =>
            row.evidence === null
                ? []
                : [{
                    place: row.evidence,
                    label: written(row.system, row.code),
                    current: row === this.#lines.selected,
                }],
        );
    }

    // ── saving ──────────────────────────────────────────────────────────────────────────────────

    async #save(): Promise<void> {
        const draft = this.#draft();
        const { epoch } = this.#desk.lease;
        try {
            const body = { epoch, revision: this.#revision, draft };
            const kept = await call<{ revision: number; saved_at: string }>(
                "PUT",
                `${this.#address}/draft`,
                body,
            );
            this.#revision = kept.revision;
            this.#showSaved(kept.saved_at);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            const stored = (problem.told as { stored?: StoredDraft }).stored;
            if (problem.kind !== "draft_behind" || !stored) {
                this.#noticeLoss(problem);
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

    #showBehind(stored: StoredDraft): void {
        this.#autosave.stop();
        const choose = (take: boolean) => () => {
            showBanner("behind", undefined);
            this.#revision = stored.revision;
            if (take) this.#fill(stored.draft);
            this.#autosave.resume();
            this.#changed();
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

    // ── the edits ───────────────────────────────────────────────────────────────────────────────

    async #check(): Promise<boolean> {
        const turn = ++this.#checkTurn;
        clearTimeout(this.#checkTimer);
        try {
            const lines = this.#lines.lines();
            const checked = await call<Checked>("POST", `${this.#address}/check`, { lines });
            if (turn !== this.#checkTurn) return false;
            this.#lines.describe(checked.descriptions);
            this.#showFindings(checked.findings);
            return true;
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (turn === this.#checkTurn) this.#findings.showState("Could not be checked just now");
            this.#noticeLoss(problem);
            return false;
        }
    }

    #showFindings(findings: Finding[]): void {
        this.#findings.show(findings, this.#lineKeys());
        this.#lines.mark(findings, (finding) => this.#findings.idOf(finding));
    }

    // ── the lease ───────────────────────────────────────────────────────────────────────────────

    async #beat(): Promise<Lease> {
        const { epoch } = this.#desk.lease;
        return await call<Lease>("POST", `${this.#address}/beat`, { epoch, active: true });
    }

    /** 409 (but for a draft that is behind) and 403, 404: the chart is no longer on this desk. */
    #noticeLoss(problem: Problem): void {
        const lost = problem.status === 404 || (problem.status === 409 && problem.kind === "conflict");
        if (!lost || this.#finishing) return;
        this.#finishing = true;
        this.#autosave.stop();
        this.#lease.stop();
        this.#reading.close();
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
            const desk = await call<Desk>("GET", this.#address);
            if (desk.lease.state === "offered") {
                desk.lease = await call<Lease>("POST", `${this.#address}/start`);
            }
            Object.assign(this.#desk, desk);
            this.#revision = desk.draft?.revision ?? 0;
            this.#finishing = false;
            this.#enable(true);
            showBanner("lease", undefined);
            drawDesk(desk);
            this.#lease.resume(desk.lease);
            await this.#reading.open(desk.documents);
            this.#autosave.resume();
            this.#changed();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            toast(problem.message, "error");
        }
    }

    // ── finishing ───────────────────────────────────────────────────────────────────────────────

    async #submit(): Promise<void> {
        if (!this.#lines.settle()) {
            toast("This is not a line yet: choose a code for it, or clear the field.");
            return;
        }
        await this.#finish("submit", async () => {
            const checked = await this.#check();
            const [first] = this.#findings.obstacles(this.#lineKeys());
            if (checked && first) {
                this.#goTo(first);
                return undefined;
            }
            return { epoch: this.#desk.lease.epoch, ...this.#draft() };
        });
    }

    #goTo(finding: Finding): void {
        const warning = finding.severity === "warning";
        if (warning) this.#findings.focusReason(finding);
        else this.#lines.focusField(finding.line, finding.field);
        shown("refusal").textContent = `Not handed in: ${warning ? "give a reason" : "correct this"} first`;
    }

    /** Sends what ends the work here; stays when the server says no, or nothing is to be sent. */
    async #finish(verb: string, gather: () => Promise<object | undefined>): Promise<void> {
        if (this.#finishing) return;
        this.#busy(verb, true);
        this.#autosave.stop();
        try {
            await this.#autosave.settled();
            const body = await gather();
            if (body === undefined || this.#finishing) return;
            await call("POST", `${this.#address}/${verb}`, body, this.#keyFor(verb, body));
            this.#finishing = true;
            this.#autosave.end();
            leave(this.#root);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.#refused(problem);
        } finally {
            this.#busy(verb, false);
            if (!this.#finishing) this.#autosave.resume();
        }
    }

    #refused(problem: Problem): void {
        const { findings } = problem.told as { findings?: Finding[] };
        if (findings) this.#showFindings(findings);
        this.#noticeLoss(problem);
        const [fault] = problem.fields;
        const place = /^lines\.(\d+)\.(\w+)$/.exec(fault?.name ?? "");
        if (place) this.#lines.focusField(Number(place[1]), place[2] ?? "code");
        if (!this.#finishing) toast(fault?.message ?? problem.message, "error");
    }

    #keyFor(verb: string, body: object): string {
        const now = verb + JSON.stringify(body);
        if (this.#sent.body !== now) this.#sent = { body: now, key: newKey() };
        return this.#sent.key;
    }

    #busy(verb: string, on: boolean): void {
        const button = this.#root.querySelector<HTMLButtonElement>(`[data-do="${verb}"]`);
        if (!button) return;
        button.disabled = on;
        button.toggleAttribute("aria-busy", on);
        if (on) button.setAttribute("aria-busy", "true");
    }

    /** Asks for the reason, then gives the chart back with its draft saved. */
    async #giveBack(verb: "hold" | "release"): Promise<void> {
        if (this.#finishing) return;
        const reason = await askReason(verb);
        if (!reason) return;
        this.#lines.settle();
        this.#autosave.saveNow();
        await this.#finish(verb, async () => {
            if (!this.#autosave.unsaved) return { epoch: this.#desk.lease.epoch, ...reason };
            toast("Your last entries are not saved yet; try again when they are.", "error");
            return undefined;
        });
    }
}
