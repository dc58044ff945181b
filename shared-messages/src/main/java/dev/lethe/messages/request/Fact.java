package dev.lethe.messages.request;

import java.time.Instant;
import java.util.UUID;

/** Something that happened to a request. Published on {@code privacy.events}; carries no more personal data than it needs. */
public sealed interface Fact
        permits RequestReceived,
                RequestRejected,
                RequestWithdrawn,
                RequestExtended,
                ReportReady,
                ReportDownloaded,
                ReportExpired,
                ErasureStarted,
                ParticipantDone,
                DataErased,
                RequestCompleted,
                RequestDueSoon,
                RequestOverdue,
                NotificationSent {

    UUID requestId();

    Instant occurredAt();
}
