// Forms and buttons that speak to the JSON API, declared in the page:
//
//   <form data-api="POST /api/v1/queues" data-next="/queues/{id}">     entries: see entries.ts
//   <button data-api="POST /api/v1/charts/…/release" data-body='{"version":3}' data-next="reload"
//           data-confirm="Release this chart?" data-yes="Release" data-ask="reason">
//
//   data-next      where to go afterwards: a path ({name} comes from the answer), `reload`, or nothing
//   data-done      what to say afterwards, when one stays
//   data-confirm   asks first; data-ask="name" with data-ask-label also asks for a text
//   data-submit    on an entry: a change submits its form (filters)
import { call, type Method, newKey, Problem } from "./api";
import { confirm } from "./confirm";
import { gather } from "./entries";
import { clearFaults, showFaults, showProblem } from "./faults";
import { toast } from "./toast";

type Body = Record<string, unknown>;

/** What was last sent by a form or button, so that the same thing is never done twice. */
const sent = new WeakMap<HTMLElement, { body: string; key: string }>();
const inFlight = new WeakSet<HTMLElement>();

export function attachForms(): void {
    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!(form instanceof HTMLFormElement) || !form.dataset.api) return;
        event.preventDefault();
        void submitForm(form, event.submitter);
    });
    document.addEventListener("click", (event) => {
        const button = event.target instanceof Element ? event.target.closest("button[data-api]") : null;
        if (!(button instanceof HTMLButtonElement)) return;
        event.preventDefault();
        void pressButton(button);
    });
    document.addEventListener("change", (event) => {
        if (event.target instanceof HTMLElement && event.target.matches("[data-submit]")) {
            event.target.closest("form")?.requestSubmit();
        }
    });
}

async function submitForm(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
    if (inFlight.has(form)) return;
    clearFaults(form);
    const { body, faults } = gather(form);
    if (faults.length > 0) {
        showFaults(form, "Please correct this first.", faults);
        return;
    }
    const button = submitter ?? form.querySelector<HTMLElement>("button:not([type=button])");
    await send({ source: form, button, body, fail: (problem) => showProblem(form, problem) });
}

async function pressButton(button: HTMLButtonElement): Promise<void> {
    if (inFlight.has(button)) return;
    const body = button.dataset.body === undefined ? undefined : (JSON.parse(button.dataset.body) as Body);
    await send({ source: button, button, body, fail: (problem) => tellOf(button, problem) });
}

/** A button has no place for a fault of its own: the page's main part shows it. */
function tellOf(button: HTMLElement, problem: Problem): void {
    const main = button.closest("dialog") ?? document.querySelector("main");
    if (problem.status !== 401 || !(main instanceof HTMLElement)) toast(problem.message, "error");
    else {
        clearFaults(main);
        showProblem(main, problem);
    }
}

interface Sending {
    /** Carries the data- attributes. */
    source: HTMLElement;
    button: HTMLElement | null;
    body: Body | undefined;
    fail: (problem: Problem) => void;
}

async function send({ source, button, body, fail }: Sending): Promise<void> {
    const [method = "POST", path = ""] = (source.dataset.api ?? "").split(" ");
    inFlight.add(source);
    try {
        const agreed = await asked(source, button, body);
        if (agreed === false) return;
        busy(button, true);
        const key = keyFor(source, agreed);
        const answer = await call<Body | undefined>(method as Method, path, agreed, key);
        sent.delete(source);
        arrive(source, answer);
    } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        // Only what may have arrived is repeated under the same key.
        if (!problem.mayRepeat) sent.delete(source);
        fail(problem);
    } finally {
        inFlight.delete(source);
        busy(button, false);
    }
}

/** The body, with what the question asked for; false when the person declined. */
async function asked(
    source: HTMLElement,
    button: HTMLElement | null,
    body: Body | undefined,
): Promise<Body | undefined | false> {
    const { confirm: text, yes, ask, askLabel } = source.dataset;
    if (text === undefined && ask === undefined) return body;
    const told = await confirm({
        text: text ?? source.textContent?.trim() ?? "",
        yes: yes ?? button?.textContent?.trim() ?? "Yes",
        danger: button?.classList.contains("danger") ?? false,
        ...(ask === undefined ? {} : { ask: askLabel ?? "Reason" }),
    });
    if (told === undefined) return false;
    return ask === undefined ? body : { ...body, [ask]: told };
}

function keyFor(source: HTMLElement, body: Body | undefined): string {
    const now = JSON.stringify(body ?? null);
    const before = sent.get(source);
    if (before?.body === now) return before.key;
    const key = newKey();
    sent.set(source, { body: now, key });
    return key;
}

function busy(button: HTMLElement | null, on: boolean): void {
    if (!(button instanceof HTMLButtonElement)) return;
    button.disabled = on;
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
}

function arrive(source: HTMLElement, answer: Body | undefined): void {
    const next = source.dataset.next;
    if (source.dataset.done) toast(source.dataset.done, "success");
    source.dispatchEvent(new CustomEvent("api:done", { bubbles: true, detail: answer }));
    if (next === undefined || next === "") return;
    if (next === "reload") location.reload();
    else {
        const to = new URL(filled(next, answer), location.origin);
        if (to.origin === location.origin) location.assign(to);
    }
}

/** A path with each {name} taken from the answer, which may be a path itself; dots go into it. */
export function filled(path: string, answer: Body | undefined): string {
    return path.replace(/\{([\w.]+)\}/g, (_, name: string) => {
        let value: unknown = answer;
        for (const part of name.split(".")) value = (value as Body | undefined)?.[part];
        return String(value ?? "").split("/").map(encodeURIComponent).join("/");
    });
}
