package dev.lethe.messages;

import dev.lethe.messages.erasure.StartErasure;
import dev.lethe.messages.erasure.StopErasure;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.participant.SubjectExported;
import dev.lethe.messages.request.CheckRequest;
import dev.lethe.messages.request.DataErased;
import dev.lethe.messages.request.ErasureStarted;
import dev.lethe.messages.request.NotificationSent;
import dev.lethe.messages.request.ParticipantDone;
import dev.lethe.messages.request.ReportDownloaded;
import dev.lethe.messages.request.ReportExpired;
import dev.lethe.messages.request.ReportReady;
import dev.lethe.messages.request.RequestCompleted;
import dev.lethe.messages.request.RequestDueSoon;
import dev.lethe.messages.request.RequestExtended;
import dev.lethe.messages.request.RequestOverdue;
import dev.lethe.messages.request.RequestReceived;
import dev.lethe.messages.request.RequestRejected;
import dev.lethe.messages.request.RequestWithdrawn;
import dev.lethe.messages.request.SubmitRequest;
import dev.lethe.messages.request.WithdrawRequest;
import dev.lethe.messages.scheduling.SchedulingReply;
import java.util.List;

/** The message catalogue: every message that crosses the broker, in the order of a request's life. */
public final class Messages {

    /** The only major version there is; a message that says another one is parked, never guessed. */
    public static final String SCHEMA_VERSION = "1";

    // Frontends to requests-manager: exchange privacy.requests, routing key = type
    public static final MessageType<SubmitRequest> REQUEST_ACCESS =
            new MessageType<>("request.access", SubmitRequest.class);
    public static final MessageType<SubmitRequest> REQUEST_ERASURE =
            new MessageType<>("request.erasure", SubmitRequest.class);
    public static final MessageType<WithdrawRequest> REQUEST_WITHDRAW =
            new MessageType<>("request.withdraw", WithdrawRequest.class);

    // Facts, for whoever listens: exchange privacy.events, routing key = type
    public static final MessageType<RequestReceived> REQUEST_RECEIVED =
            new MessageType<>("request.received", RequestReceived.class);
    public static final MessageType<RequestRejected> REQUEST_REJECTED =
            new MessageType<>("request.rejected", RequestRejected.class);
    public static final MessageType<RequestWithdrawn> REQUEST_WITHDRAWN =
            new MessageType<>("request.withdrawn", RequestWithdrawn.class);
    public static final MessageType<RequestExtended> REQUEST_EXTENDED =
            new MessageType<>("request.extended", RequestExtended.class);
    public static final MessageType<ReportReady> REPORT_READY = new MessageType<>("report.ready", ReportReady.class);
    public static final MessageType<ReportDownloaded> REPORT_DOWNLOADED =
            new MessageType<>("report.downloaded", ReportDownloaded.class);
    public static final MessageType<ReportExpired> REPORT_EXPIRED =
            new MessageType<>("report.expired", ReportExpired.class);
    public static final MessageType<ErasureStarted> ERASURE_STARTED =
            new MessageType<>("erasure.started", ErasureStarted.class);
    public static final MessageType<ParticipantDone> ERASURE_PARTICIPANT_DONE =
            new MessageType<>("erasure.participant_done", ParticipantDone.class);
    public static final MessageType<DataErased> ERASURE_DATA_ERASED =
            new MessageType<>("erasure.data_erased", DataErased.class);
    public static final MessageType<RequestCompleted> REQUEST_COMPLETED =
            new MessageType<>("request.completed", RequestCompleted.class);
    public static final MessageType<RequestDueSoon> REQUEST_DUE_SOON =
            new MessageType<>("request.due_soon", RequestDueSoon.class);
    public static final MessageType<RequestOverdue> REQUEST_OVERDUE =
            new MessageType<>("request.overdue", RequestOverdue.class);
    public static final MessageType<NotificationSent> NOTIFICATION_SENT =
            new MessageType<>("notification.sent", NotificationSent.class);

    // requests-manager to itself, through message-scheduler: queue requests-manager.checks
    public static final MessageType<CheckRequest> REQUEST_CHECK =
            new MessageType<>("request.check", CheckRequest.class);

    // requests-manager to cancellation-service: exchange privacy.commands
    public static final MessageType<StartErasure> ERASURE_START =
            new MessageType<>("erasure.start", StartErasure.class);
    public static final MessageType<StopErasure> ERASURE_STOP = new MessageType<>("erasure.stop", StopErasure.class);

    // To participant P: exchange participants, routing key P. From it: exchange participant.P.replies
    public static final MessageType<EraseSubject> PARTICIPANT_ERASE =
            new MessageType<>("participant.erase", EraseSubject.class);
    public static final MessageType<SubjectErased> PARTICIPANT_ERASED =
            new MessageType<>("participant.erased", SubjectErased.class);
    public static final MessageType<ExportSubject> PARTICIPANT_EXPORT =
            new MessageType<>("participant.export", ExportSubject.class);
    public static final MessageType<SubjectExported> PARTICIPANT_EXPORTED =
            new MessageType<>("participant.exported", SubjectExported.class);

    // message-scheduler to whoever asked, by reply_to
    public static final MessageType<SchedulingReply> SCHEDULING_REPLY =
            new MessageType<>("scheduling.reply", SchedulingReply.class);

    private Messages() {}

    /** All of them, as the contract tests and the documentation walk them. */
    public static List<MessageType<?>> all() {
        return List.of(
                REQUEST_ACCESS,
                REQUEST_ERASURE,
                REQUEST_WITHDRAW,
                REQUEST_RECEIVED,
                REQUEST_REJECTED,
                REQUEST_WITHDRAWN,
                REQUEST_EXTENDED,
                REPORT_READY,
                REPORT_DOWNLOADED,
                REPORT_EXPIRED,
                ERASURE_STARTED,
                ERASURE_PARTICIPANT_DONE,
                ERASURE_DATA_ERASED,
                REQUEST_COMPLETED,
                REQUEST_DUE_SOON,
                REQUEST_OVERDUE,
                NOTIFICATION_SENT,
                REQUEST_CHECK,
                ERASURE_START,
                ERASURE_STOP,
                PARTICIPANT_ERASE,
                PARTICIPANT_ERASED,
                PARTICIPANT_EXPORT,
                PARTICIPANT_EXPORTED,
                SCHEDULING_REPLY);
    }
}
