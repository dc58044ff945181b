package dev.lethe.requests.access.source;

import dev.lethe.messages.Subject;
import java.util.Set;

/** A place where data about people lies, and that a report is gathered from. */
public interface Source {

    About about();

    /**
     * Which fields of the subject it asks by, such as {@code subject.email}. Of a person who lacks one of them it is not asked, and the
     * report says so.
     */
    Set<String> asksBy();

    /**
     * Gives every record about the subject to {@code records}, or fails; never a part. Nothing held is no record and no failure. Called
     * only for subjects who have all that it asks by; from several threads at once, but from no more than {@link About#parallel()}.
     *
     * @throws SourceFailure if it could not be read; the report is then tried again as a whole
     */
    void read(Subject subject, Records records) throws SourceFailure, InterruptedException;
}
