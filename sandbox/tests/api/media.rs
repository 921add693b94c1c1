//! Uploads, from the first byte to the tweet that carries them.
