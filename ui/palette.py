"""How the page looks where Gradio decides: fonts and colours. System fonts, so that nothing is fetched."""

from __future__ import annotations

FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "Arial", "sans-serif"]
MONO_FONTS = ["ui-monospace", "Consolas", "Liberation Mono", "monospace"]

COLOURS = {
    "body_background_fill": "#f6f8f7",
    "body_background_fill_dark": "#0f171c",
    "background_fill_secondary": "#eef2f0",
    "background_fill_secondary_dark": "#131d23",
    "block_background_fill": "#ffffff",
    "block_background_fill_dark": "#1a262e",
    "input_background_fill": "#ffffff",
    "input_background_fill_dark": "#1a262e",
    "border_color_primary": "#cfd8d5",
    "border_color_primary_dark": "#34444e",
    "body_text_color": "#16232b",
    "body_text_color_dark": "#e9eff2",
    "body_text_color_subdued": "#4b5b66",
    "body_text_color_subdued_dark": "#a9b8c2",
    "block_info_text_color": "#4b5b66",
    "block_info_text_color_dark": "#a9b8c2",
    "input_placeholder_color": "#5d6c76",
    "input_placeholder_color_dark": "#93a3ae",
    "link_text_color": "#0a5f5b",
    "link_text_color_dark": "#74d6ca",
    "link_text_color_hover": "#064744",
    "link_text_color_hover_dark": "#a5e8df",
    "link_text_color_active": "#0a5f5b",
    "link_text_color_active_dark": "#74d6ca",
    "link_text_color_visited": "#0a5f5b",
    "link_text_color_visited_dark": "#74d6ca",
    "color_accent_soft": "#d9ecea",
    "color_accent_soft_dark": "#17393b",
    "button_primary_background_fill": "#0a5f5b",
    "button_primary_background_fill_dark": "#74d6ca",
    "button_primary_background_fill_hover": "#064744",
    "button_primary_background_fill_hover_dark": "#a5e8df",
    "button_primary_text_color": "#ffffff",
    "button_primary_text_color_dark": "#06211f",
}
