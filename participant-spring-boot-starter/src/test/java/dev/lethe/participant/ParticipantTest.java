package dev.lethe.participant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lethe.messages.InvalidMessage;
import dev.lethe.messages.Subject;
import dev.lethe.messages.participant.EraseSubject;
import dev.lethe.messages.participant.ErasureOutcome;
import dev.lethe.messages.participant.ExportOutcome;
import dev.lethe.messages.participant.ExportSubject;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.messages.participant.Retained;
import dev.lethe.messages.participant.SubjectErased;
import dev.lethe.messages.participant.SubjectExported;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ParticipantTest {

    private static final Subject PERSON = new Subject("u-1001", "ada@example.com");

    private final EraseSubject erase =
            new EraseSubject(UUID.randomUUID(), UUID.randomUUID(), PERSON, 1, Instant.parse("2026-04-01T00:00:00Z"));
    private final ExportSubject export =
            new ExportSubject(UUID.randomUUID(), UUID.randomUUID(), PERSON, Instant.parse("2026-04-01T00:00:00Z"));

    @Test
    void whatTheBeanSaysIsAnswered() throws Exception {
        var invoices = new Retained("invoices", "GDPR Art. 17(3)(b)", "2036-12-31");

        assertThat(erasing(subject -> Erasure.erased(7)))
                .isEqualTo(answer(ErasureOutcome.ERASED, 7L, List.of(), null, null));
        assertThat(erasing(subject -> Erasure.nothingFound()))
                .isEqualTo(answer(ErasureOutcome.NOTHING_FOUND, null, List.of(), null, null));
        assertThat(erasing(subject -> Erasure.retained(List.of(invoices))))
                .isEqualTo(answer(ErasureOutcome.RETAINED, null, List.of(invoices), null, null));
        assertThat(erasing(subject -> Erasure.failed("archive is read-only", false)))
                .isEqualTo(answer(ErasureOutcome.FAILED, null, List.of(), "archive is read-only", false));
    }

    @Test
    void anExceptionIsAnsweredByItsClassAndItsMessageGoesNowhere(CapturedOutput output) throws Exception {
        SubjectErased answer = erasing(subject -> {
            throw new IllegalStateException("cannot lock row of " + subject.email());
        });

        assertThat(answer).isEqualTo(answer(ErasureOutcome.FAILED, null, List.of(), "IllegalStateException", true));
        assertThat(output).contains("java.lang.IllegalStateException at ").doesNotContain("ada@");
    }

    @Test
    void anErrorInTheBeanDoesNotEndTheService() throws Exception {
        SubjectErased answer = erasing(subject -> {
            throw new NoClassDefFoundError("com/example/Driver");
        });

        assertThat(answer.mayBeRetried()).isTrue();
    }

    @Test
    void aBeanThatReturnsNullHasFailed() throws Exception {
        assertThat(erasing(subject -> null).outcome()).isEqualTo(ErasureOutcome.FAILED);
        assertThat(exporting(subject -> null)).isEqualTo(ExportOutcome.FAILED);
    }

    @Test
    void aServiceThatCannotEraseSaysSoAndIsNotAskedAgain() throws Exception {
        SubjectErased answer = new Participant("billing", null, subject -> List.of()).erase(erase);

        assertThat(answer)
                .isEqualTo(answer(ErasureOutcome.FAILED, null, List.of(), "this service has no SubjectEraser", false));
    }

    @Test
    void anExportSaysWhetherThereWasSomething() throws Exception {
        var document = new ExportedDocument("plays.json", "application/json", "[]", null);

        assertThat(exporting(subject -> List.of(document))).isEqualTo(ExportOutcome.EXPORTED);
        assertThat(exporting(subject -> List.of())).isEqualTo(ExportOutcome.NOTHING_FOUND);
    }

    @Test
    void anExportThatFailedSaysWhyAndWhetherToAskAgain() throws Exception {
        SubjectExporter broken = subject -> {
            throw new java.io.IOException("cannot read " + subject.email());
        };

        assertThat(new Participant("billing", null, broken).export(export))
                .isEqualTo(new SubjectExported(export.taskId(), ExportOutcome.FAILED, List.of(), "IOException", true));
        assertThat(new Participant("billing", subject -> Erasure.nothingFound(), null).export(export))
                .isEqualTo(new SubjectExported(
                        export.taskId(),
                        ExportOutcome.FAILED,
                        List.of(),
                        "this service has no SubjectExporter",
                        false));
    }

    @Test
    void anAnswerThatTheContractRefusesCannotBeMade() {
        assertThatExceptionOfType(InvalidMessage.class).isThrownBy(() -> Erasure.erased(-1));
        assertThatExceptionOfType(InvalidMessage.class).isThrownBy(() -> Erasure.retained(List.of()));
        assertThatExceptionOfType(InvalidMessage.class).isThrownBy(() -> Erasure.failed(" ", true));
    }

    private SubjectErased erasing(SubjectEraser eraser) throws Exception {
        return new Participant("billing", eraser, null).erase(erase);
    }

    private ExportOutcome exporting(SubjectExporter exporter) throws Exception {
        return new Participant("billing", null, exporter).export(export).outcome();
    }

    private SubjectErased answer(
            ErasureOutcome outcome, Long records, List<Retained> retained, String reason, Boolean retryable) {
        return new SubjectErased(erase.taskId(), outcome, records, retained, reason, retryable);
    }
}
