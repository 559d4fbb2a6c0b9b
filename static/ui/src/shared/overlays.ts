/** Menus and tips are drawn inside the page's main landmark, so that nothing on the page stands outside one. */
export const OVERLAY_HOME = { target: "#main" }
