package dev.lethe.requests.access.storage;

import java.io.IOException;
import java.util.UUID;

/** The request was withdrawn or claimed by somebody else while its report was written; what was written is for nothing. */
public final class LostClaim extends IOException {

    private static final long serialVersionUID = 1;

    LostClaim(UUID requestId, int epoch) {
        super("request %s is not in progress under epoch %d any more".formatted(requestId, epoch));
    }
}
