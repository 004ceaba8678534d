//! The WXR check.
