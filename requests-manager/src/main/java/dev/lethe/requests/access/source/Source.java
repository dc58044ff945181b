package dev.lethe.requests.access.source;

import dev.lethe.messages.Subject;

/** A place where data about people lies, and that a report is gathered from. */
public interface Source {

    /** Lower case letters, digits and hyphens; also the name of its file in the report. */
    String name();

    /** What it holds, in words for the person. */
    String explanation();

    /**
     * Gives every record about the subject to {@code records}, or fails; never a part. Nothing held is no record and no failure.
     *
     * @throws SourceFailure if it could not be read; the report is then tried again as a whole
     */
    void read(Subject subject, Records records) throws SourceFailure, InterruptedException;
}
