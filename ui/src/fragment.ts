// <input type="hidden" data-from-fragment> takes what stands behind # in the address: a secret of a
// mail's link, which so never reaches a server's log. It is taken out of the address and the history.
// [data-without-fragment] is shown when there is none.

export function takeFragment(): void {
    const entry = document.querySelector<HTMLInputElement>("input[data-from-fragment]");
    if (!entry) return;
    take(entry);
    // A second link opened in the same tab loads nothing anew.
    addEventListener("hashchange", () => take(entry));
}

function take(entry: HTMLInputElement): void {
    if (location.hash.length > 1) {
        entry.value = location.hash.slice(1);
        history.replaceState(null, "", location.pathname + location.search);
    }
    for (const told of document.querySelectorAll<HTMLElement>("[data-without-fragment]")) {
        told.hidden = entry.value !== "";
    }
}
