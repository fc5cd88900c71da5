//! The few things a host asks over HTTP: before it is a device, and files to save.

use std::time::Duration;

use beraad_protocol::{
    Code, ConferenceId, Problem,
    http::{Enrol, Enrolled, LinkPreview, LinkToken, Status},
    limits,
};
use reqwest::{RequestBuilder, Response, StatusCode, redirect};
use serde::de::DeserializeOwned;

use super::{HostError, ServerUrl};

/// A client of one server's HTTP API.
#[derive(Debug, Clone)]
pub struct Http {
    client: reqwest::Client,
    server: ServerUrl,
}

impl Http {
    /// A client of the server at `server`.
    pub fn new(server: &ServerUrl) -> Result<Self, HostError> {
        super::choose_cryptography();
        let mut builder = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_secs(30));
        if server.is_loopback() {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|_| unreachable(server))?;
        Ok(Self {
            client,
            server: server.clone(),
        })
    }

    /// What the server says of itself.
    pub async fn status(&self) -> Result<Status, HostError> {
        self.json(self.client.get(self.server.http("/api/status")))
            .await
    }

    /// Whose link this is.
    pub async fn preview(&self, token: &str) -> Result<LinkPreview, HostError> {
        let body = LinkToken {
            token: token.to_owned(),
        };
        self.json(
            self.client
                .post(self.server.http("/api/enrolments/preview"))
                .json(&body),
        )
        .await
    }

    /// Makes this host a device.
    pub async fn enrol(&self, body: &Enrol) -> Result<Enrolled, HostError> {
        self.json(
            self.client
                .post(self.server.http("/api/enrolments"))
                .json(body),
        )
        .await
    }

    /// The calendar file of a conference.
    pub async fn calendar(
        &self,
        conference: ConferenceId,
        session_token: &str,
    ) -> Result<Vec<u8>, HostError> {
        let url = self
            .server
            .http(&format!("/api/conferences/{conference}/calendar.ics"));
        self.body(self.client.get(url).bearer_auth(session_token))
            .await
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, HostError> {
        let body = self.body(request).await?;
        serde_json::from_slice(&body).map_err(|_| self.foreign())
    }

    async fn body(&self, request: RequestBuilder) -> Result<Vec<u8>, HostError> {
        let response = request
            .send()
            .await
            .map_err(|_| unreachable(&self.server))?;
        let status = response.status();
        let body = self.bounded(response).await?;
        if status == StatusCode::OK || status == StatusCode::CREATED {
            return Ok(body);
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(HostError::Server(problem)),
            Err(_) if status == StatusCode::TOO_MANY_REQUESTS => {
                Err(HostError::Server(Problem::new(Code::RateLimited)))
            }
            Err(_) if status == StatusCode::SERVICE_UNAVAILABLE => {
                Err(HostError::Server(Problem::new(Code::Unavailable)))
            }
            Err(_) => Err(self.foreign()),
        }
    }

    async fn bounded(&self, mut response: Response) -> Result<Vec<u8>, HostError> {
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|_| unreachable(&self.server))?
        {
            if body.len() + chunk.len() > limits::MAX_FRAME {
                return Err(self.foreign());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn foreign(&self) -> HostError {
        HostError::Foreign {
            server: self.server.to_string(),
        }
    }
}

fn unreachable(server: &ServerUrl) -> HostError {
    HostError::Unreachable {
        server: server.to_string(),
    }
}
