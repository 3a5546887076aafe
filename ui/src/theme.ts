// <button data-theme-toggle>: goes round auto, light and dark. A [data-theme-label] inside shows which.
import { applyTheme, storedTheme, storeTheme, type Theme } from "./theme-choice";

const AFTER: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };
const LABEL: Record<Theme, string> = { auto: "Theme: system", light: "Theme: light", dark: "Theme: dark" };

export function attachTheme(root: ParentNode): void {
    for (const button of root.querySelectorAll<HTMLElement>("[data-theme-toggle]")) {
        label(button, storedTheme());
        button.addEventListener("click", () => {
            const theme = AFTER[storedTheme()];
            storeTheme(theme);
            applyTheme(theme);
            label(button, theme);
        });
    }
}

function label(button: HTMLElement, theme: Theme): void {
    const place = button.querySelector("[data-theme-label]");
    if (place) place.textContent = LABEL[theme];
    else button.setAttribute("aria-label", LABEL[theme]);
}
