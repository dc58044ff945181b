package dev.lethe.requests.access.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Bytes on their way into a store, piece by piece: the memory it takes is that of one piece, and of a small report a small one. */
abstract class Upload extends OutputStream {

    private final String location;
    private final int pieceSize;
    private final Piece piece = new Piece();
    private @Nullable LostClaim lost;
    private boolean whole;

    Upload(String location, int pieceSize) {
        this.location = location;
        this.pieceSize = pieceSize;
    }

    /** Its buffer can be read without being copied. */
    static final class Piece extends ByteArrayOutputStream {

        byte[] buffer() {
            return buf;
        }
    }

    final String location() {
        return location;
    }

    /** Whatever others made of it on its way through their code. */
    final @Nullable LostClaim lost() {
        return lost;
    }

    @Override
    public final void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public final void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        for (int done = 0; done < length; ) {
            int now = Math.min(length - done, pieceSize - piece.size());
            piece.write(bytes, offset + done, now);
            done += now;
            if (piece.size() == pieceSize) {
                store(false);
            }
        }
    }

    /** Stores what is left; only after it the report is whole. */
    @Override
    public final void close() throws IOException {
        if (!whole) {
            store(true);
            whole = true;
        }
    }

    private void store(boolean last) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while a report was stored");
        }
        try {
            store(piece, last);
        } catch (LostClaim e) {
            lost = e;
            throw e;
        }
        piece.reset();
    }

    /**
     * Stores the next piece.
     *
     * @param last whether it is the last; all others are full
     */
    abstract void store(Piece piece, boolean last) throws IOException;

    /** Deletes what was stored. What cannot be deleted now is a leftover, and goes as such. */
    abstract void abort();
}
