// The upload page. Files are dropped or chosen, listed, completed with fields and sent, each chart as
// one multipart request: a part `chart` (JSON of the fields), then a part `document` for each file.
//
//   <form data-upload="/api/v1/charts" data-chart="/charts/{id}" data-bytes-max="52428800">
//     <input type="radio" name="upload-mode" value="one"> several documents of one chart
//     <input type="radio" name="upload-mode" value="each"> a chart for each file
//     <div class="dropzone"> … <input type="file" multiple> </div>
//     <… data-mode-only="one|each">            shown in that mode only
//     named entries                            fields of every chart (see entries.ts)
//     <tbody data-upload-rows>, <template data-upload-row>: a row with [data-file-name],
//       [data-file-size], <progress>, .status, <button data-remove>, and entries with data-row-name,
//       which are fields of that row's chart; data-from-name fills one from the file's name
import { newKey, Problem, problemFrom, proof } from "./api";
import { gather } from "./entries";
import { clearFaults, showFaults, showProblem } from "./faults";
import { filled } from "./form";
import { toast } from "./toast";

const AT_ONCE = 3;

type Mode = "one" | "each";
type State = "waiting" | "sending" | "sent" | "failed";

interface Row {
    file: File;
    shown: HTMLElement;
    state: State;
    /** Stays the same from try to try, so that a chart that did arrive is not made twice. */
    key: string;
}

/** One request: a chart with its documents. */
interface Parcel {
    rows: Row[];
    fields: Record<string, unknown>;
    key: string;
}

export function attachUploads(root: ParentNode): void {
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-upload]")) new Upload(form);
}

class Upload {
    private readonly form: HTMLFormElement;
    private readonly body: HTMLElement;
    private readonly template: HTMLTemplateElement;
    private rows: Row[] = [];
    private oneKey = newKey();
    private running = false;

    constructor(form: HTMLFormElement) {
        this.form = form;
        this.body = part(form, "[data-upload-rows]");
        this.template = part(form, "template[data-upload-row]");
        const files = part<HTMLInputElement>(form, 'input[type="file"]');
        files.addEventListener("change", () => {
            this.add([...(files.files ?? [])]);
            files.value = "";
        });
        this.acceptDrops(part(form, ".dropzone"));
        form.addEventListener("change", () => this.draw());
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            void this.send();
        });
        window.addEventListener("beforeunload", (event) => {
            if (this.rows.some((row) => row.state !== "sent")) event.preventDefault();
        });
        this.draw();
    }

    private acceptDrops(zone: HTMLElement): void {
        zone.addEventListener("dragover", (event) => {
            event.preventDefault();
            zone.dataset.over = "true";
        });
        zone.addEventListener("dragleave", () => delete zone.dataset.over);
        zone.addEventListener("drop", (event) => {
            event.preventDefault();
            delete zone.dataset.over;
            this.add([...(event.dataTransfer?.files ?? [])]);
        });
        // A file that misses the zone must not replace the page, and all that was entered.
        for (const kind of ["dragover", "drop"] as const) {
            window.addEventListener(kind, (event) => event.preventDefault());
        }
    }

    private get mode(): Mode {
        const chosen = this.form.querySelector<HTMLInputElement>('input[name="upload-mode"]:checked');
        return chosen?.value === "each" ? "each" : "one";
    }

    private add(files: File[]): void {
        const refused: string[] = [];
        for (const file of files) {
            const why = this.refusal(file);
            if (why === undefined) this.addRow(file);
            else refused.push(`${file.name}: ${why}`);
        }
        if (refused.length > 0) toast(refused.join(" · "), "error");
        this.draw();
    }

    private refusal(file: File): string | undefined {
        const most = Number(this.form.dataset.bytesMax ?? Infinity);
        if (file.size === 0) return "the file is empty";
        if (file.size > most) return `larger than ${inWords(most)}`;
        const twice = this.rows.some(
            ({ file: listed }) =>
                listed.name === file.name &&
                listed.size === file.size &&
                listed.lastModified === file.lastModified,
        );
        return twice ? "already in the list" : undefined;
    }

    private addRow(file: File): void {
        const shown = this.template.content.firstElementChild?.cloneNode(true);
        if (!(shown instanceof HTMLElement)) throw new Error("the row template is empty");
        const row: Row = { file, shown, state: "waiting", key: newKey() };
        part(shown, "[data-file-name]").textContent = file.name;
        part(shown, "[data-file-size]").textContent = inWords(file.size);
        for (const entry of shown.querySelectorAll<HTMLInputElement>("[data-row-name]")) {
            const label = entry.getAttribute("aria-label") ?? entry.dataset.rowName ?? "";
            entry.setAttribute("aria-label", `${label} for ${file.name}`);
            if (entry.dataset.fromName !== undefined) entry.value = stem(file.name);
        }
        const remove = part<HTMLButtonElement>(shown, "[data-remove]");
        remove.setAttribute("aria-label", `Remove ${file.name}`);
        remove.addEventListener("click", () => {
            this.rows = this.rows.filter((other) => other !== row);
            shown.remove();
            this.draw();
        });
        this.rows.push(row);
        this.body.append(shown);
    }

    /** Shows what belongs to the mode and to the list as it stands. */
    private draw(): void {
        for (const only of this.form.querySelectorAll<HTMLElement>("[data-mode-only]")) {
            only.hidden = only.dataset.modeOnly !== this.mode;
            // A hidden entry must neither be required nor sent.
            const entries = only.querySelectorAll<HTMLInputElement>("input, select, textarea");
            const locked = only.closest('[data-state="sending"], [data-state="sent"]') !== null;
            for (const entry of entries) entry.disabled = only.hidden || locked;
        }
        const list = this.body.closest<HTMLElement>("[data-upload-list]");
        if (list) list.hidden = this.rows.length === 0;
        const button = this.form.querySelector<HTMLButtonElement>("button[type=submit]");
        const left = this.rows.filter(({ state }) => state !== "sent").length;
        if (button) button.disabled = this.running || left === 0;
        const count = this.form.querySelector("[data-upload-count]");
        if (count) count.textContent = this.summary(left);
    }

    private summary(left: number): string {
        const sent = this.rows.length - left;
        const files = `${left} ${left === 1 ? "file" : "files"} to send`;
        return sent > 0 ? `${files}, ${sent} sent` : files;
    }

    private async send(): Promise<void> {
        clearFaults(this.form);
        const { body, faults } = gather(this.form);
        delete body["upload-mode"];
        if (faults.length > 0) {
            showFaults(this.form, "Please correct this first.", faults);
            return;
        }
        this.running = true;
        this.draw();
        const parcels = this.parcels(body);
        // A few at a time: enough to fill the line, few enough to be kind to it.
        const lanes = Array.from({ length: AT_ONCE }, () => this.drain(parcels));
        await Promise.all(lanes);
        this.running = false;
        this.draw();
        this.tellOutcome();
    }

    private parcels(fields: Record<string, unknown>): Parcel[] {
        const rows = this.rows.filter(({ state }) => state !== "sent");
        if (this.mode === "one") return rows.length > 0 ? [{ rows, fields, key: this.oneKey }] : [];
        return rows.map((row) => ({ rows: [row], fields: { ...fields, ...ownFields(row) }, key: row.key }));
    }

    private async drain(parcels: Parcel[]): Promise<void> {
        for (let parcel = parcels.shift(); parcel; parcel = parcels.shift()) await this.deliver(parcel);
    }

    private async deliver(parcel: Parcel): Promise<void> {
        for (const row of parcel.rows) set(row, "sending", "Sending");
        try {
            const path = this.form.dataset.upload ?? "";
            const answer = await post(path, parcel, (share) => {
                for (const row of parcel.rows) part<HTMLProgressElement>(row.shown, "progress").value = share;
            });
            const link = this.form.dataset.chart;
            for (const row of parcel.rows) {
                set(row, "sent", "Received", link === undefined ? undefined : filled(link, answer));
            }
            if (this.mode === "one") this.oneKey = newKey();
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            this.fail(parcel, problem);
        }
    }

    private fail(parcel: Parcel, problem: Problem): void {
        const told = problem.fields.map(({ name, message }) => `${name}: ${message}`);
        for (const row of parcel.rows) {
            set(row, "failed", [problem.message, ...told].join(" "));
            if (!problem.mayRepeat) row.key = newKey();
        }
        if (this.mode === "one" && !problem.mayRepeat) this.oneKey = newKey();
        const alreadyTold = this.form.querySelector("[data-summary]") !== null;
        if ((this.mode === "one" || problem.status === 401) && !alreadyTold) showProblem(this.form, problem);
    }

    private tellOutcome(): void {
        const failed = this.rows.filter(({ state }) => state === "failed").length;
        if (failed === 0) toast("Everything was received.", "success");
        else toast(`${failed} not sent. Correct what is marked and press the button again.`, "error");
    }
}

function part<T extends HTMLElement = HTMLElement>(root: ParentNode, selector: string): T {
    const found = root.querySelector<T>(selector);
    if (!found) throw new Error(`the upload form lacks ${selector}`);
    return found;
}

function ownFields(row: Row): Record<string, string> {
    const fields: Record<string, string> = {};
    for (const entry of row.shown.querySelectorAll<HTMLInputElement>("[data-row-name]")) {
        const value = entry.value.trim();
        if (value !== "") fields[entry.dataset.rowName ?? ""] = value;
    }
    return fields;
}

function set(row: Row, state: State, words: string, link?: string): void {
    row.state = state;
    row.shown.dataset.state = state;
    const status = part(row.shown, ".status");
    status.textContent = link === undefined ? words : "";
    if (link !== undefined) {
        const to = document.createElement("a");
        to.href = link;
        to.textContent = words;
        status.append(to);
    }
    const progress = part<HTMLProgressElement>(row.shown, "progress");
    if (state === "failed") progress.dataset.tone = "bad";
    else delete progress.dataset.tone;
    if (state === "sent") progress.value = 1;
    const locked = state === "sending" || state === "sent";
    const controls = row.shown.querySelectorAll<HTMLInputElement | HTMLButtonElement>("input, button");
    for (const control of controls) control.disabled = locked;
}

/** XMLHttpRequest, because fetch does not tell how much of a request has gone out. */
async function post(
    path: string,
    parcel: Parcel,
    told: (share: number) => void,
): Promise<Record<string, unknown>> {
    const headers = await proof();
    const form = new FormData();
    const json = JSON.stringify(parcel.fields);
    form.append("chart", new Blob([json], { type: "application/json" }));
    for (const { file } of parcel.rows) form.append("document", file, file.name);
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        request.open("POST", path);
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
        request.setRequestHeader("accept", "application/json");
        request.setRequestHeader("idempotency-key", parcel.key);
        request.upload.addEventListener("progress", (event) => {
            if (event.lengthComputable) told(event.loaded / event.total);
        });
        request.addEventListener("load", () => {
            if (request.status < 200 || request.status >= 300) {
                reject(problemFrom(request.status, request.responseText));
                return;
            }
            resolve(JSON.parse(request.responseText || "{}") as Record<string, unknown>);
        });
        for (const kind of ["error", "abort", "timeout"] as const) {
            request.addEventListener(kind, () => reject(new Problem(0)));
        }
        request.send(form);
    });
}

function stem(name: string): string {
    const dot = name.lastIndexOf(".");
    return dot > 0 ? name.slice(0, dot) : name;
}

function inWords(bytes: number): string {
    if (bytes < 1_024) return `${bytes} B`;
    if (bytes < 1_048_576) return `${Math.round(bytes / 1_024)} KB`;
    return `${(bytes / 1_048_576).toFixed(1)} MB`;
}
