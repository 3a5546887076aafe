// Asks why a chart is not gone on with: the dialogs of the desk for holds, and for giving it back.
//
//   [data-reason="…"] a reason: its tick, and in [data-more] what belongs to it, shown while it is chosen
//   [data-said="…"]   an entry of it; [data-verb] on the reason is what the API calls the act
import type { DocumentInfo } from "./desk";
import { element } from "./dom";

/** What is sent, and where to. */
export interface GivingBack {
    verb: string;
    body: object;
}

type Entry = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** One or several reasons, each with its note and what ends it. */
export function askHolds(): Promise<GivingBack | undefined> {
    return ask("hold", (chosen) => {
        if (chosen.length === 0) return "Choose at least one reason.";
        const unsaid = chosen.find((reason) => said(reason, "note") === "");
        if (unsaid) {
            entry(unsaid, "note")?.focus();
            return "Say what is needed, for whoever must act.";
        }
        return { verb: "hold", body: { holds: chosen.map(hold) } };
    });
}

function hold(reason: HTMLElement): object {
    const awaits = entry(reason, "awaits");
    const waits = awaits instanceof HTMLInputElement && awaits.checked;
    const until = said(reason, "until");
    return {
        reason: reason.dataset.reason,
        note: said(reason, "note"),
        ...(until === "" ? {} : { until }),
        ...(waits ? { awaits: awaits.value } : {}),
    };
}

/** Why this coder does not go on, or which document is wrong and how. */
export function askRelease(documents: () => DocumentInfo[]): Promise<GivingBack | undefined> {
    const dialog = find("release");
    for (const choice of dialog.querySelectorAll<HTMLSelectElement>('[data-said="document_id"]')) {
        const options = documents().map(({ id, name }) => element("option", { value: id }, name));
        choice.replaceChildren(...options);
    }
    return ask("release", ([chosen]) => {
        if (!chosen) return "Choose a reason.";
        const { reason, verb = "release" } = chosen.dataset;
        if (verb === "release") {
            const skill = said(chosen, "skill");
            return { verb, body: { reason, ...(skill === "" ? {} : { skill }) } };
        }
        const page = said(chosen, "page");
        const body = { problem: reason, document_id: said(chosen, "document_id"), note: said(chosen, "note") };
        return { verb, body: { ...body, ...(page === "" ? {} : { page: Number(page) }) } };
    });
}

function find(name: string): HTMLDialogElement {
    const dialog = document.querySelector<HTMLDialogElement>(`[data-dialog="${name}"]`);
    if (!dialog) throw new Error(`the page has no dialog for ${name}`);
    return dialog;
}

function entry(reason: HTMLElement, name: string): Entry | null {
    return reason.querySelector<Entry>(`[data-said="${name}"]`);
}

function said(reason: HTMLElement, name: string): string {
    return entry(reason, name)?.value.trim() ?? "";
}

/** Shows a dialog until what is chosen makes sense, or it is closed. */
function ask(
    name: string,
    read: (chosen: HTMLElement[]) => GivingBack | string,
): Promise<GivingBack | undefined> {
    const dialog = find(name);
    const reasons = [...dialog.querySelectorAll<HTMLElement>("[data-reason]")];
    const tick = (reason: HTMLElement) => reason.querySelector<HTMLInputElement>("[name=reason]");
    const chosen = () => reasons.filter((reason) => tick(reason)?.checked);
    const fault = dialog.querySelector<HTMLElement>('[data-said="fault"]');
    const tell = (words: string) => fault && (fault.textContent = words);
    const draw = (changed?: EventTarget | null) => {
        for (const reason of reasons) {
            const more = reason.querySelector<HTMLElement>("[data-more]");
            if (!more) continue;
            const opens = more.hidden && tick(reason)?.checked === true;
            more.hidden = !tick(reason)?.checked;
            if (opens && changed && reason.contains(changed as Node)) {
                more.querySelector<HTMLElement>("textarea, select")?.focus();
            }
        }
    };
    const limit = new Date(Date.now() + 120 * 86_400_000).toISOString().slice(0, 10);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    for (const day of dialog.querySelectorAll<HTMLInputElement>('[data-said="until"]')) {
        day.min = tomorrow;
        day.max = limit;
    }
    const press = (selector: string, act: () => void) => {
        const button = dialog.querySelector<HTMLButtonElement>(selector);
        if (button) button.onclick = act;
    };
    let answer: GivingBack | undefined;
    dialog.onchange = (event) => draw(event.target);
    press("[data-close]", () => dialog.close());
    press("[data-agree]", () => {
        const told = read(chosen());
        if (typeof told === "string") {
            tell(told);
            return;
        }
        answer = told;
        dialog.close();
    });
    tell("");
    draw();
    dialog.showModal();
    (tick(reasons[0] as HTMLElement) as HTMLElement).focus();
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => resolve(answer), { once: true });
    });
}
