// <details class="menu">: closes on Escape, on a click elsewhere and when another opens; arrows move.

export function attachMenus(): void {
    document.addEventListener("click", (event) => closeAllBut(event.target));
    document.addEventListener("focusin", (event) => closeAllBut(event.target));
    document.addEventListener("keydown", (event) => {
        const menu = event.target instanceof Element ? event.target.closest("details.menu[open]") : null;
        if (!(menu instanceof HTMLDetailsElement)) return;
        if (event.key === "Escape") {
            menu.open = false;
            menu.querySelector("summary")?.focus();
        } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            move(menu, event.key === "ArrowDown" ? 1 : -1);
        }
    });
}

function closeAllBut(target: EventTarget | null): void {
    for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
        if (!(target instanceof Node && menu.contains(target))) menu.open = false;
    }
}

function move(menu: HTMLDetailsElement, step: 1 | -1): void {
    const items = [...menu.querySelectorAll<HTMLElement>(".menu-list a, .menu-list button")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 && step < 0 ? items.length - 1 : (at + step + items.length) % items.length;
    items[next]?.focus();
}
