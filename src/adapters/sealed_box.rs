//! The sealed box: XChaCha20-Poly1305 under a key derived per owner.
//!
//! An envelope is `v1.{key id}.{base64url(nonce ‖ ciphertext ‖ tag)}`. Its 24-byte nonce is random, which this cipher allows
//! without a counter; the key is `HKDF-SHA-256(master key, salt = owner, info = "perch/seal/v1")`; the associated data is every
//! part of the [`Binding`], the environment and the key id, so that an envelope opens only where it was sealed.
//!
//! The key id is read from the envelope and authenticated: an envelope is never tried under several keys.

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::Sha256;

use crate::{
    config::{Config, MasterKeys, key_bytes},
    ports::{Binding, Entropy, EntropyExt, SealFault, SealedBox},
};

const VERSION: &str = "v1";
const INFO: &[u8] = b"perch/seal/v1";
const NONCE: usize = 24;

/// The box, with the master keys it knows.
pub struct XChaCha {
    environment: String,
    active: String,
    keys: BTreeMap<String, SecretBox<[u8; 32]>>,
    entropy: Arc<dyn Entropy>,
}

impl XChaCha {
    /// The box of `config`, drawing nonces from `entropy`.
    pub fn new(config: &Config, entropy: Arc<dyn Entropy>) -> Self {
        Self::of(&config.environment, &config.master_keys, entropy)
    }

    fn of(environment: &str, master: &MasterKeys, entropy: Arc<dyn Entropy>) -> Self {
        let keys = master.keys.iter().filter_map(|(id, text)| {
            let bytes = key_bytes(text.expose_secret())?;
            Some((id.clone(), SecretBox::new(Box::new(bytes))))
        });
        Self { environment: environment.to_owned(), active: master.active.clone(), keys: keys.collect(), entropy }
    }

    fn cipher(&self, key_id: &str, owner: &str) -> Result<XChaCha20Poly1305, SealFault> {
        let master = self.keys.get(key_id).ok_or(SealFault::UnknownKey)?;
        let mut key = [0; 32];
        let derived = Hkdf::<Sha256>::new(Some(owner.as_bytes()), master.expose_secret()).expand(INFO, &mut key);
        derived.map_err(|_| SealFault::Malformed)?;
        Ok(XChaCha20Poly1305::new(&key.into()))
    }

    /// Every part with its length before it, so that no two bindings share their bytes.
    fn associated_data(&self, key_id: &str, binding: &Binding<'_>) -> Vec<u8> {
        let generation = binding.generation.to_string();
        let parts = [VERSION, &self.environment, binding.owner, binding.x_user_id, binding.field, &generation, key_id];
        parts.iter().flat_map(|part| [part.len().to_string().as_bytes(), b":", part.as_bytes()].concat()).collect()
    }
}

impl SealedBox for XChaCha {
    fn seal(&self, text: &SecretString, binding: &Binding<'_>) -> Result<String, SealFault> {
        let nonce: [u8; NONCE] = self.entropy.bytes().map_err(|_| SealFault::NoEntropy)?;
        let aad = self.associated_data(&self.active, binding);
        let payload = Payload { msg: text.expose_secret().as_bytes(), aad: &aad };
        let cipher = self.cipher(&self.active, binding.owner)?;
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealFault::Malformed)?;
        let body = URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        Ok(format!("{VERSION}.{}.{body}", self.active))
    }

    fn open(&self, sealed: &str, binding: &Binding<'_>) -> Result<SecretString, SealFault> {
        let (key_id, body) = parts(sealed).ok_or(SealFault::Malformed)?;
        let body = URL_SAFE_NO_PAD.decode(body).map_err(|_| SealFault::Malformed)?;
        let (nonce, ciphertext) = body.split_first_chunk::<NONCE>().ok_or(SealFault::Malformed)?;
        let aad = self.associated_data(key_id, binding);
        let payload = Payload { msg: ciphertext, aad: &aad };
        let cipher = self.cipher(key_id, binding.owner)?;
        let text = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealFault::Broken)?;
        String::from_utf8(text).map(SecretString::from).map_err(|_| SealFault::Broken)
    }
}

fn parts(sealed: &str) -> Option<(&str, &str)> {
    let (version, rest) = sealed.split_once('.')?;
    (version == VERSION).then(|| rest.split_once('.')).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::ports::Unavailable;

    /// Entropy that counts.
    #[derive(Default)]
    struct Counter(std::sync::atomic::AtomicU8);

    impl Entropy for Counter {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), Unavailable> {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
            Ok(())
        }
    }

    fn sealed_box(active: &str, ids: &[&str]) -> XChaCha {
        let keys = ids.iter().map(|id| ((*id).to_owned(), STANDARD.encode([id.as_bytes()[1]; 32]).into()));
        let master_keys = MasterKeys { active: active.to_owned(), keys: keys.collect::<BTreeMap<_, _>>() };
        XChaCha::of("production", &master_keys, Arc::new(Counter::default()))
    }

    const BINDING: Binding<'_> = Binding { owner: "acc_1", x_user_id: "7", field: "access", generation: 3 };

    fn sealed(from: &XChaCha) -> String {
        from.seal(&"a token".into(), &BINDING).unwrap()
    }

    fn opened(with: &XChaCha, sealed: &str, binding: &Binding<'_>) -> Result<String, SealFault> {
        with.open(sealed, binding).map(|text| text.expose_secret().to_owned())
    }

    #[test]
    fn what_is_sealed_opens_in_its_place() {
        let sealed_box = sealed_box("k1", &["k1"]);
        let sealed = sealed(&sealed_box);
        assert!(sealed.starts_with("v1.k1.") && !sealed.contains("a token"));
        assert_eq!(opened(&sealed_box, &sealed, &BINDING).as_deref(), Ok("a token"));
    }

    #[test]
    fn no_part_of_the_binding_may_differ() {
        let sealed_box = sealed_box("k1", &["k1"]);
        let sealed = sealed(&sealed_box);
        let others = [
            Binding { owner: "acc_2", ..BINDING },
            Binding { x_user_id: "8", ..BINDING },
            Binding { field: "refresh", ..BINDING },
            Binding { generation: 2, ..BINDING },
            // The same bytes, cut otherwise.
            Binding { owner: "acc_17", x_user_id: "", ..BINDING },
        ];
        for other in others {
            assert_eq!(opened(&sealed_box, &sealed, &other), Err(SealFault::Broken), "{other:?}");
        }
        let elsewhere = XChaCha { environment: "staging".to_owned(), ..sealed_box };
        assert_eq!(opened(&elsewhere, &sealed, &BINDING), Err(SealFault::Broken));
    }

    #[test]
    fn no_byte_may_be_altered() {
        let sealed_box = sealed_box("k1", &["k1"]);
        let sealed = sealed(&sealed_box);
        let body = URL_SAFE_NO_PAD.decode(&sealed["v1.k1.".len()..]).unwrap();
        for at in 0..body.len() {
            let mut altered = body.clone();
            altered[at] ^= 1;
            let altered = format!("v1.k1.{}", URL_SAFE_NO_PAD.encode(altered));
            assert_eq!(opened(&sealed_box, &altered, &BINDING), Err(SealFault::Broken), "byte {at}");
        }
        for text in ["", "v1", "v1.k1", "v1.k1.", "v1.k1.!!", "v2.k1.AAAA", "v1.k1.AAAA"] {
            assert_eq!(opened(&sealed_box, text, &BINDING), Err(SealFault::Malformed), "{text}");
        }
    }

    #[test]
    fn a_rotated_key_still_opens_what_it_sealed_until_it_is_gone() {
        let before = sealed(&sealed_box("k1", &["k1"]));
        let during = sealed_box("k2", &["k1", "k2"]);
        assert_eq!(opened(&during, &before, &BINDING).as_deref(), Ok("a token"));
        assert!(sealed(&during).starts_with("v1.k2."));
        assert_eq!(opened(&sealed_box("k2", &["k2"]), &before, &BINDING), Err(SealFault::UnknownKey));
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        let sealed_box = sealed_box("k1", &["k1"]);
        assert_ne!(sealed(&sealed_box), sealed(&sealed_box));
    }
}
