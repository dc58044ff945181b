package dev.lethe.messages.participant;

import dev.lethe.messages.Require;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** One document of an export, with its text in {@code content} or a place to fetch it from in {@code url}; exactly one of them. */
public record ExportedDocument(
        String name,
        String mediaType,
        @Nullable String content,
        @Nullable URI url) {
    public ExportedDocument {
        Require.text(name, "documents.name", 256);
        Require.text(mediaType, "documents.media_type", 128);
        Require.content(content, "documents.content");
        if (url != null) {
            Require.url(url, "documents.url");
        }
        Require.that((content == null) != (url == null), "documents", "must each have either content or url");
    }

    /** Without the content, which is somebody's data. */
    @Override
    public String toString() {
        return "ExportedDocument[...]";
    }
}
