//! What the worker's TypeScript calls: the engine with numbers, strings and bytes for arguments.
//!
//! Every call that steps the engine gives a [`Step`](STEP): what to send, whom to answer, what
//! changed, when to call again. Moments are milliseconds since 1970, as `Date.now()` gives them.

use beraad_engine::{
    Engine, Input, Output,
    intent::{Intent, IntentOutcome, Reply},
    keys,
    refusal::Refusal,
    view::{View, ViewRequest},
};
use beraad_protocol::{Timestamp, http::Enrolled};
use js_sys::{Array, JsString, Object, Reflect, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use zeroize::Zeroizing;

use crate::storage::{self, DatabaseKey, Lease};
use crate::thrown::{Thrown, invalid};

/// Derives the key of the database from the passphrase and the profile's 16 byte salt.
/// Takes about a second on purpose.
#[wasm_bindgen(js_name = deriveKey)]
pub fn derive_key(passphrase: String, salt: &[u8]) -> Result<Uint8Array, JsValue> {
    let passphrase = Zeroizing::new(passphrase);
    let salt = salt
        .try_into()
        .map_err(|_| invalid("a salt is 16 bytes long"))?;
    let key = keys::derive(&passphrase, salt).map_err(|error| Thrown::from(&error).into_js())?;
    Ok(Uint8Array::from(key.as_slice()))
}

/// The engine on its open database.
#[wasm_bindgen]
pub struct WasmEngine {
    // Before the lease: the connection has to be gone when the files are given back.
    engine: Engine,
    lease: Lease,
}

#[wasm_bindgen]
impl WasmEngine {
    /// Opens the database `name` in this browser, or makes it.
    /// `seed` is 32 fresh random bytes.
    pub async fn open(
        name: String,
        key: Vec<u8>,
        seed: Vec<u8>,
        now: f64,
    ) -> Result<WasmEngine, JsValue> {
        let key = Zeroizing::new(key);
        let seed = Zeroizing::new(seed);
        let seed = <[u8; 32]>::try_from(seed.as_slice())
            .map(Zeroizing::new)
            .map_err(|_| invalid("a seed is 32 bytes long"))?;
        let key = DatabaseKey::from_bytes(&key).map_err(|error| Thrown::from(&error).into_js())?;
        let (connection, lease) = storage::open_database(&name, &key)
            .await
            .map_err(|error| Thrown::from(&error).into_js())?;
        match Engine::open(connection, *seed, moment(now)) {
            Ok(engine) => Ok(Self { engine, lease }),
            Err(error) => {
                // The first error says more than a second one would.
                let _ = lease.release();
                Err(Thrown::from(&error).into_js())
            }
        }
    }

    /// Whether this device belongs to a person.
    pub fn enrolled(&self) -> bool {
        self.engine.enrolled()
    }

    /// Begins to enrol with a one-time link; gives the JSON body to post.
    #[wasm_bindgen(js_name = beginEnrol)]
    pub fn begin_enrol(&mut self, token: &str, now: f64) -> Result<String, JsValue> {
        let request = self
            .engine
            .begin_enrol(token, moment(now))
            .map_err(|error| Thrown::from(&error).into_js())?;
        to_json(&request)
    }

    /// Takes the server's answer to that body.
    #[wasm_bindgen(js_name = finishEnrol)]
    pub fn finish_enrol(&mut self, answer: &str, now: f64) -> Result<(), JsValue> {
        let answer: Enrolled = from_json(answer)?;
        self.engine
            .finish_enrol(answer, moment(now))
            .map_err(|error| Thrown::from(&error).into_js())
    }

    /// The session token for the `Authorization` header; none until enrolled.
    #[wasm_bindgen(js_name = sessionToken)]
    pub fn session_token(&self) -> Option<JsString> {
        self.engine
            .session_token()
            .map(|token| JsString::from(token.as_str()))
    }

    /// The WebSocket is open.
    #[wasm_bindgen(unchecked_return_type = "Step")]
    pub fn connected(&mut self, now: f64) -> Result<Object, JsValue> {
        self.step(Input::Connected, now)
    }

    /// The WebSocket ended.
    #[wasm_bindgen(unchecked_return_type = "Step")]
    pub fn disconnected(&mut self, now: f64) -> Result<Object, JsValue> {
        self.step(Input::Disconnected, now)
    }

    /// A binary WebSocket message came.
    #[wasm_bindgen(unchecked_return_type = "Step")]
    pub fn frame(&mut self, bytes: Vec<u8>, now: f64) -> Result<Object, JsValue> {
        self.step(Input::Frame(bytes), now)
    }

    /// The moment of `wakeAt` passed.
    #[wasm_bindgen(unchecked_return_type = "Step")]
    pub fn tick(&mut self, now: f64) -> Result<Object, JsValue> {
        self.step(Input::Tick, now)
    }

    /// Somebody wants something: `intent` is an `Intent` as JSON, `id` names the answer.
    #[wasm_bindgen(unchecked_return_type = "Step")]
    pub fn intent(&mut self, id: u32, intent: &str, now: f64) -> Result<Object, JsValue> {
        let intent: Intent = from_json(intent)?;
        self.step(
            Input::Intent {
                id: id.into(),
                intent,
            },
            now,
        )
    }

    /// What a screen shows: takes a `ViewRequest` as JSON, gives `{"ok": View}` or
    /// `{"refused": Refusal}` as JSON.
    pub fn view(&self, request: &str, now: f64) -> Result<String, JsValue> {
        let request: ViewRequest = from_json(request)?;
        to_json(&ViewAnswer::from(self.engine.view(&request, moment(now))))
    }

    /// Closes the database and lets another tab have it.
    pub fn close(self) -> Result<(), JsValue> {
        let Self { engine, lease } = self;
        drop(engine);
        lease
            .release()
            .map_err(|error| Thrown::from(&error).into_js())
    }

    fn step(&mut self, input: Input, now: f64) -> Result<Object, JsValue> {
        let outputs = self
            .engine
            .handle(input, moment(now))
            .map_err(|error| Thrown::from(&error).into_js())?;
        let mut step = StepParts::default();
        for output in outputs {
            step.add(output)?;
        }
        Ok(step.into_object())
    }
}

/// The shape of what a step gives, for TypeScript.
#[wasm_bindgen(typescript_custom_section)]
const STEP: &str = r"
/** What one step of the engine asks of its host, to be done in this order. */
export interface Step {
  /** Binary WebSocket messages. */
  send: Uint8Array[];
  /** Intents that are on disk now: a form may let go of what was typed. */
  queued: number[];
  /** Intents that came to their end: the outcome as JSON, and the bytes of a package. */
  answers: { id: number; outcome: string; bytes?: Uint8Array }[];
  /** Topics whose views may have changed, each as JSON. */
  changed: string[];
  /** Call `tick` at this moment; replaces an earlier one. */
  wakeAt: number | undefined;
  /** Close the WebSocket: the problem as JSON, or `null` to connect anew; absent to stay. */
  disconnect: string | null | undefined;
}
";

#[derive(Default)]
struct StepParts {
    send: Array,
    queued: Array,
    answers: Array,
    changed: Array,
    wake_at: Option<f64>,
    disconnect: Option<JsValue>,
}

impl StepParts {
    fn add(&mut self, output: Output) -> Result<(), JsValue> {
        match output {
            Output::Send(frame) => {
                self.send.push(&Uint8Array::from(frame.as_slice()));
            }
            Output::Queued { id } => {
                self.queued.push(&number(id)?);
            }
            Output::Answer { id, outcome } => {
                self.answers.push(&answer(id, outcome)?.into());
            }
            Output::Changed(topic) => {
                self.changed.push(&to_json(&topic)?.into());
            }
            Output::WakeAt(at) => self.wake_at = Some(millis(at)),
            Output::Disconnect { problem } => {
                let problem = problem.map(|problem| to_json(&problem)).transpose()?;
                self.disconnect = Some(problem.map_or(JsValue::NULL, JsValue::from));
            }
        }
        Ok(())
    }

    fn into_object(self) -> Object {
        let object = Object::new();
        set(&object, "send", &self.send);
        set(&object, "queued", &self.queued);
        set(&object, "answers", &self.answers);
        set(&object, "changed", &self.changed);
        set(
            &object,
            "wakeAt",
            &self.wake_at.map_or(JsValue::UNDEFINED, JsValue::from_f64),
        );
        set(
            &object,
            "disconnect",
            &self.disconnect.unwrap_or(JsValue::UNDEFINED),
        );
        object
    }
}

/// The number the host gave an intent, as it gave it.
fn number(id: u64) -> Result<JsValue, JsValue> {
    u32::try_from(id)
        .map(JsValue::from)
        .map_err(|_| invalid("an intent's number fits 32 bits"))
}

/// A package travels beside the JSON, where its bytes stay bytes.
fn answer(id: u64, mut outcome: IntentOutcome) -> Result<Object, JsValue> {
    let package = match &mut outcome {
        IntentOutcome::Ok {
            reply: Reply::Package { bytes, .. },
        } => Some(std::mem::take(bytes)),
        _ => None,
    };
    let object = Object::new();
    set(&object, "id", &number(id)?);
    set(&object, "outcome", &to_json(&outcome)?.into());
    if let Some(bytes) = package {
        set(&object, "bytes", &Uint8Array::from(bytes.as_slice()));
    }
    Ok(object)
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum ViewAnswer {
    Ok(View),
    Refused(Refusal),
}

impl From<Result<View, Refusal>> for ViewAnswer {
    fn from(answer: Result<View, Refusal>) -> Self {
        match answer {
            Ok(view) => Self::Ok(view),
            Err(refusal) => Self::Refused(refusal),
        }
    }
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // Setting an own property of a fresh plain object cannot fail.
    let _ = Reflect::set(object, &name.into(), value);
}

fn to_json<T: Serialize>(value: &T) -> Result<String, JsValue> {
    serde_json::to_string(value).map_err(|_| invalid("a value could not be written as JSON"))
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, JsValue> {
    // serde's message may quote the value, and values are content.
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        invalid(&format!(
            "this JSON is not what was expected (line {line}, column {column})"
        ))
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds; saturates, NaN becomes 0"
)]
fn moment(now: f64) -> Timestamp {
    Timestamp(now as i64)
}

#[expect(clippy::cast_precision_loss, reason = "exact until the year 287396")]
fn millis(at: Timestamp) -> f64 {
    at.0 as f64
}
