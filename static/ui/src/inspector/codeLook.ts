import { HighlightStyle } from "@codemirror/language"
import { EditorView } from "@codemirror/view"
import { tags } from "@lezer/highlight"

/** Colours from the tokens, so that the theme changes with the page. */
export const highlighting = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword],
    color: "var(--cat-logic-fg)",
  },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--cat-action-fg)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--cat-trigger-fg)" },
  { tag: tags.comment, color: "var(--fg-subtle)" },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
    color: "var(--cat-transform-fg)",
  },
  { tag: [tags.propertyName, tags.className], color: "var(--cat-code-fg)" },
])

export const lookOf = (minHeight: number, maxHeight: number | string) =>
  EditorView.theme({
    "&": {
      backgroundColor: "transparent",
      color: "var(--fg)",
      fontSize: "12px",
      maxHeight: typeof maxHeight === "number" ? `${maxHeight}px` : maxHeight,
    },
    "&.cm-focused": { outline: "none" },
    ".cm-scroller": {
      fontFamily: "var(--font-mono)",
      lineHeight: "18px",
      minHeight: `${minHeight}px`,
      overflow: "auto",
      fontVariantLigatures: "none",
      fontFeatureSettings: '"calt" 0',
    },
    ".cm-content": { padding: "6px 0", caretColor: "var(--fg)" },
    ".cm-line": { padding: "0 8px 0 4px" },
    // opaque: long lines scroll below it
    ".cm-gutters": { backgroundColor: "var(--bg-sunken)", border: "0", color: "var(--fg-subtle)" },
    ".cm-lineNumbers .cm-gutterElement": { padding: "0 4px 0 2px", minWidth: "22px" },
    ".cm-gutter-lint": { width: "14px" },
    ".cm-gutter-lint .cm-gutterElement": { padding: "3px 0 0 2px" },
    ".cm-lint-marker": {
      width: "10px",
      height: "10px",
      content: "none",
      borderRadius: "2px",
      rotate: "45deg",
      scale: "0.8",
    },
    ".cm-lint-marker-error": { background: "var(--failed-solid)" },
    ".cm-lint-marker-warning": { background: "var(--retrying-solid)" },
    ".cm-activeLine, .cm-activeLineGutter": {
      backgroundColor: "color-mix(in oklab, var(--fg) 4%, transparent)",
    },
    ".cm-selectionBackground, &.cm-focused .cm-selectionBackground, ::selection": {
      backgroundColor: "color-mix(in oklab, var(--accent) 28%, transparent)",
    },
    ".cm-lintRange": { backgroundImage: "none" },
    ".cm-lintRange-error": {
      textDecoration: "underline wavy var(--failed-solid)",
      textUnderlineOffset: "3px",
      backgroundColor: "var(--failed-bg)",
    },
    ".cm-lintRange-warning": {
      textDecoration: "underline wavy var(--retrying-solid)",
      textUnderlineOffset: "3px",
    },
    ".cm-tooltip": {
      backgroundColor: "var(--bg-raised)",
      color: "var(--fg)",
      border: "1px solid var(--line)",
      borderRadius: "6px",
      boxShadow: "var(--shadow-3)",
      overflow: "hidden",
    },
    ".cm-tooltip-lint": { fontFamily: "var(--font-ui)" },
    ".cm-diagnostic": { padding: "6px 10px", borderLeft: "3px solid transparent" },
    ".cm-diagnostic-error": { borderLeftColor: "var(--failed-solid)" },
    ".cm-diagnostic-warning": { borderLeftColor: "var(--retrying-solid)" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": {
      backgroundColor: "var(--accent)",
      color: "var(--fg-on-accent)",
    },
    ".cm-matchingBracket": {
      backgroundColor: "color-mix(in oklab, var(--accent) 18%, transparent)",
      outline: "none",
    },
  })
