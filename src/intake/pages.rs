//! The upload page.

use actix_web::HttpResponse;
use askama::Template;
use facilities::Terms;
use rules::access::may;
use web::{Answer, May, Shell};

#[derive(Template)]
#[template(path = "upload.html")]
struct UploadPage {
    shell: Shell,
    queues: Vec<Terms>,
    document_megabytes_max: u64,
    documents_max: u32,
}

/// Drag-and-drop for one chart with several documents.
pub async fn upload(may: May<may::UploadCharts>) -> Answer<HttpResponse> {
    let queues = may.facility(async |tx| facilities::all_terms(tx).await).await?;
    let limits = &may.services().config.intake;
    web::html(&UploadPage {
        shell: Shell::new(&may, "Upload", "/upload"),
        queues: queues.into_iter().filter(|queue| queue.active).collect(),
        document_megabytes_max: limits.document_bytes_max / 1_048_576,
        documents_max: limits.documents_per_chart_max,
    })
}
