//! The names of all words.
