//! Block Kit cases.
