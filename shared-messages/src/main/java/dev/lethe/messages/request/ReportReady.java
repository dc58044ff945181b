package dev.lethe.messages.request;

import dev.lethe.messages.Require;
import java.net.URI;
import java.time.Instant;
import java.util.UUID;

/** An access report can be fetched. Names the subject, because the mail service must tell exactly that person. */
public record ReportReady(UUID requestId, Instant occurredAt, String subjectId, URI downloadUrl, Instant expiresAt)
        implements Fact {
    public ReportReady {
        Require.present(requestId, "request_id");
        Require.time(occurredAt, "occurred_at");
        Require.text(subjectId, "subject_id", 256);
        Require.url(downloadUrl, "download_url");
        Require.time(expiresAt, "expires_at");
    }

    /** Without the subject, and without the URL: who holds it may fetch the report. */
    @Override
    public String toString() {
        return "ReportReady[requestId=%s, occurredAt=%s, expiresAt=%s]".formatted(requestId, occurredAt, expiresAt);
    }
}
