package dev.lethe.participant;

import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ExportOutcome;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.participant.SubjectExported;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the service's beans do what was asked. Whatever they throw becomes an answer: nobody waits for one that never comes. */
final class Participant {

    private static final Logger log = LoggerFactory.getLogger(Participant.class);

    private final String name;
    private final @Nullable SubjectEraser eraser;
    private final @Nullable SubjectExporter exporter;

    Participant(String name, @Nullable SubjectEraser eraser, @Nullable SubjectExporter exporter) {
        this.name = name;
        this.eraser = eraser;
        this.exporter = exporter;
    }

    String name() {
        return name;
    }

    SubjectErased erase(EraseSubject task) throws InterruptedException {
        if (eraser == null) {
            log.error("{} is asked to erase, but declares no bean of type SubjectEraser: add one", name);
            return Erasure.failed("this service has no SubjectEraser", false).of(task.taskId());
        }
        try {
            Erasure erasure = eraser.erase(task.subject());
            return erasure.of(task.taskId());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            var failure = new Failure(e);
            logFailure(failure, task.requestId());
            return Erasure.failed(failure.name(), true).of(task.taskId());
        }
    }

    SubjectExported export(ExportSubject task) throws InterruptedException {
        if (exporter == null) {
            log.error("{} is asked for an export, but declares no bean of type SubjectExporter: add one", name);
            return failedExport(task, "this service has no SubjectExporter", false);
        }
        try {
            List<ExportedDocument> documents = exporter.export(task.subject());
            return new SubjectExported(
                    task.taskId(),
                    documents.isEmpty() ? ExportOutcome.NOTHING_FOUND : ExportOutcome.EXPORTED,
                    documents);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            var failure = new Failure(e);
            logFailure(failure, task.requestId());
            return failedExport(task, failure.name(), true);
        }
    }

    static SubjectExported failedExport(ExportSubject task, String reason, boolean retryable) {
        return new SubjectExported(task.taskId(), ExportOutcome.FAILED, List.of(), reason, retryable);
    }

    private void logFailure(Failure failure, UUID requestId) {
        log.atError()
                .addKeyValue("event.action", "participant-failed")
                .addKeyValue("event.outcome", "failure")
                .addKeyValue("error.type", failure.type())
                .addKeyValue("lethe.request.id", requestId)
                .addKeyValue("lethe.participant", name)
                .log("{} could not do its part: {}", name, failure);
    }
}
