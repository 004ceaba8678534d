//! The types of posts: those of WordPress itself, and those of which no visitor sees a page.

/// Types of posts that every WordPress knows. A post of any other type is skipped on import unless the plugin that
/// registers the type is active.
pub const CORE_POST_TYPES: &[&str] = &[
    "post",
    "page",
    "attachment",
    "revision",
    "nav_menu_item",
    "custom_css",
    "customize_changeset",
    "oembed_cache",
    "user_request",
    "wp_block",
    "wp_template",
    "wp_template_part",
    "wp_global_styles",
    "wp_navigation",
    "wp_font_family",
    "wp_font_face",
];

/// Taxonomies that every WordPress knows. Terms of any other are refused on import unless the plugin that registers it is
/// active.
pub const CORE_TAXONOMIES: &[&str] = &[
    "category",
    "post_tag",
    "nav_menu",
    "link_category",
    "post_format",
    "wp_theme",
    "wp_template_part_area",
    "wp_pattern_category",
];

/// Types of widespread plugins that are for the blog's own people, or say what visitors wrote in confidence: messages of
/// forms, orders, and how the site is made.
const HIDDEN_PLUGIN_TYPES: &[&str] = &[
    "acf",
    "acf-field",
    "acf-field-group",
    "acf-post-type",
    "acf-taxonomy",
    "edd_discount",
    "edd_log",
    "edd_payment",
    "elementor_library",
    "elementor_snippet",
    "feedback",
    "flamingo_contact",
    "flamingo_inbound",
    "flamingo_outbound",
    "frm_display",
    "frm_form_actions",
    "give_payment",
    "jp_mem_plan",
    "jp_pay_order",
    "jp_pay_product",
    "jp_img_sitemap",
    "jp_sitemap",
    "jp_sitemap_master",
    "jp_vid_sitemap",
    "mc4wp-form",
    "nf_sub",
    "postman_sent_mail",
    "safecss",
    "scheduled-action",
    "shop_coupon",
    "shop_order",
    "shop_order_refund",
    "shop_subscription",
    "wpcf7_contact_form",
    "wpforms",
    "wpforms_log",
];

/// Whether no visitor of a WordPress site sees a page of this type, whatever the status says.
pub fn is_hidden_post_type(name: &str) -> bool {
    let is_public = matches!(name, "post" | "page" | "attachment");
    !is_public && (CORE_POST_TYPES.contains(&name) || HIDDEN_PLUGIN_TYPES.contains(&name))
}

/// Whether WordPress could register a post type of this name.
pub fn is_post_type(name: &str) -> bool {
    (1..=20).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visitors_see_posts_pages_and_what_plugins_publish() {
        for name in ["post", "page", "attachment", "product", "jetpack-portfolio", "recipe"] {
            assert!(!is_hidden_post_type(name), "{name}");
        }
        for name in ["nav_menu_item", "wp_global_styles", "feedback", "shop_order"] {
            assert!(is_hidden_post_type(name), "{name}");
        }
    }
}
