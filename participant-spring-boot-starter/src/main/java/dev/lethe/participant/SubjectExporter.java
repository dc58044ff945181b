package dev.lethe.participant;

import dev.lethe.messages.Subject;
import dev.lethe.messages.participant.ExportedDocument;
import java.util.List;

/** Hands out what is held about a person, for an access report. Declare one bean of this type. May be asked the same twice. */
@FunctionalInterface
public interface SubjectExporter {

    /**
     * All documents about this person; empty if nothing is held. What is larger than {@code lethe.participant.max-answer-size}
     * together is handed out by URL, not as content.
     *
     * @throws Exception anything; answered as failed and to be asked again, only its class is told and logged
     */
    List<ExportedDocument> export(Subject subject) throws Exception;
}
