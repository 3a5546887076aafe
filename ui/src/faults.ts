// Shows on a form what is wrong with it: a summary on top, and each fault beside its entry.
import type { FieldFault, Problem } from "./api";
import { element } from "./dom";

/** Takes away what an earlier try had shown. */
export function clearFaults(scope: HTMLElement): void {
    for (const summary of scope.querySelectorAll("[data-summary]")) summary.remove();
    for (const entry of scope.querySelectorAll<HTMLElement>('[aria-invalid="true"]')) {
        entry.removeAttribute("aria-invalid");
        const place = entry.closest(".field")?.querySelector(".error");
        if (place) place.textContent = "";
    }
}

/** Shows faults found here or by the server, and takes the reader to them. */
export function showFaults(scope: HTMLElement, title: string, faults: FieldFault[]): void {
    const list = element("ul");
    for (const fault of faults) list.append(element("li", {}, lineFor(scope, fault)));
    const summary = noticeOf(element("strong", {}, title));
    if (faults.length > 0) summary.append(list);
    scope.prepend(summary);
    summary.focus();
}

/** Shows a problem that is about no entry, or about several. */
export function showProblem(scope: HTMLElement, problem: Problem): void {
    // On the page where one signs in, the same answer means a wrong password.
    if (problem.status === 401 && !scope.closest(".login")) {
        showSignedOut(scope);
        return;
    }
    const title = problem.fields.length > 0 ? problem.title : problem.message;
    showFaults(scope, title, problem.fields);
}

function showSignedOut(scope: HTMLElement): void {
    const back = encodeURIComponent(location.pathname + location.search);
    const link = element(
        "a",
        { href: `/sign-in?next=${back}`, target: "_blank", rel: "opener" },
        "Sign in in a new tab",
    );
    const rest = ", then come back and try again. What you entered stays here.";
    const summary = noticeOf(element("strong", {}, "You are signed out."));
    summary.append(element("p", {}, link, rest));
    scope.prepend(summary);
    summary.focus();
}

function noticeOf(...children: Node[]): HTMLElement {
    const shown = { class: "notice error", role: "alert", tabindex: "-1", "data-summary": true };
    return element("div", shown, ...children);
}

/** The fault in the summary: a link to its entry where it has one. */
function lineFor(scope: HTMLElement, fault: FieldFault): Node | string {
    const entry = scope.querySelector<HTMLElement>(`[name="${CSS.escape(fault.name)}"]`);
    if (!entry) return `${fault.name}: ${fault.message}`;
    mark(entry, fault.message);
    const named = labelOf(entry);
    const link = element("a", { href: `#${entry.id}` }, named ? `${named}: ${fault.message}` : fault.message);
    link.addEventListener("click", (event) => {
        event.preventDefault();
        entry.focus();
    });
    return link;
}

function labelOf(entry: HTMLElement): string {
    const label = entry.closest(".field, fieldset")?.querySelector("label, .label, legend");
    const shown = label?.cloneNode(true) as HTMLElement | undefined;
    shown?.querySelector(".optional")?.remove();
    return shown?.textContent?.trim() ?? "";
}

let made = 0;

function mark(entry: HTMLElement, message: string): void {
    entry.id ||= `entry-${++made}`;
    entry.setAttribute("aria-invalid", "true");
    const field = entry.closest(".field") ?? entry.parentElement;
    let place = field?.querySelector<HTMLElement>(".error");
    if (!place) {
        place = element("span", { class: "error" });
        field?.append(place);
    }
    place.id ||= `${entry.id}-error`;
    place.textContent = message;
    const described = new Set((entry.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean));
    entry.setAttribute("aria-describedby", [...described.add(place.id)].join(" "));
}
