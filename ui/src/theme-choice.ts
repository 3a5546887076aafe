// The reader's choice of light or dark, kept in this browser.

export type Theme = "auto" | "light" | "dark";

const STORED_AS = "chartrelay.theme";

/** The stored choice; `auto` when there is none or storage is closed to us. */
export function storedTheme(): Theme {
    try {
        const stored = localStorage.getItem(STORED_AS);
        return stored === "light" || stored === "dark" ? stored : "auto";
    } catch {
        return "auto";
    }
}

/** Keeps the choice for the next page. */
export function storeTheme(theme: Theme): void {
    try {
        localStorage.setItem(STORED_AS, theme);
    } catch {
        // Storage may be closed (private windows): the choice then holds for this page only.
    }
}

/** Shows the page in this theme; `auto` follows the system. */
export function applyTheme(theme: Theme): void {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
}
