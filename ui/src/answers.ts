// What an answer says that is told only once, such as a new key:
//
//   <form data-api="…"> … <div data-answered hidden> <code id="k" data-answer="key"></code>
//   <button type="button" data-copy="k">
import { toast } from "./toast";

export function attachAnswers(): void {
    document.addEventListener("api:done", (event) => {
        if (event.target instanceof HTMLElement && event instanceof CustomEvent) {
            show(event.target, (event.detail ?? {}) as Record<string, unknown>);
        }
    });
    document.addEventListener("click", (event) => {
        const button =
            event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy]") : null;
        if (button) void copy(document.getElementById(button.dataset.copy ?? ""));
    });
}

function show(scope: HTMLElement, answer: Record<string, unknown>): void {
    for (const place of scope.querySelectorAll<HTMLElement>("[data-answer]")) {
        const value = answer[place.dataset.answer ?? ""];
        place.textContent = typeof value === "string" ? value : "";
    }
    for (const told of scope.querySelectorAll<HTMLElement>("[data-answered]")) told.hidden = false;
}

/** Where the browser gives no clipboard (a page without TLS), the text is selected instead. */
async function copy(place: HTMLElement | null): Promise<void> {
    if (!place) return;
    try {
        await navigator.clipboard.writeText(place.textContent ?? "");
        toast("Copied.", "success");
    } catch {
        getSelection()?.selectAllChildren(place);
    }
}
