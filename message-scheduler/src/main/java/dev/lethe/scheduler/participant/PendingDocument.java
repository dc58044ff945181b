package dev.lethe.scheduler.participant;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lethe.messages.MessageJson;
import dev.lethe.messages.participant.ExportedDocument;
import dev.lethe.outbox.AboutPerson;
import java.util.List;

/**
 * What waits to be sent about a person, as that person gets it. When and where each message goes and of what kind it is, but not
 * what it says: that is its sender's data, who is asked for it itself, and may hold what is not this person's.
 *
 * @param about what this is, for the person
 * @param count of all that wait
 * @param messages those that are due first, {@link #MOST} at most
 */
record PendingDocument(String about, int count, List<AboutPerson.Planned> messages) {

    /** Names are of 255 bytes at most, so that this many fit the largest message that is taken, however they are escaped. */
    static final int MOST = 100;

    private static final String ABOUT =
            "Messages between our services that concern you and wait to be sent. What they say is held by the"
                    + " services that wrote them, and told by these. Of more than %d, those that are due first are listed."
                            .formatted(MOST);

    static ExportedDocument of(AboutPerson pending) {
        var document = new PendingDocument(ABOUT, pending.count(), pending.soonest());
        return new ExportedDocument(
                "pending-messages.json", "application/json", new String(MessageJson.write(document), UTF_8), null);
    }
}
