package dev.lethe.requests.access.source.elastic;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.http.ContentTooLongException;
import org.apache.http.nio.ContentDecoder;
import org.apache.http.nio.IOControl;
import org.elasticsearch.client.HeapBufferedAsyncResponseConsumer;

/** An answer in memory, at most so large. The client's own looks only at a length that is announced, which most answers lack. */
final class BoundedAnswer extends HeapBufferedAsyncResponseConsumer {

    private long read;

    BoundedAnswer(int limit) {
        super(limit);
    }

    @Override
    protected void onContentReceived(ContentDecoder content, IOControl control) throws IOException {
        super.onContentReceived(
                new ContentDecoder() {
                    @Override
                    public int read(ByteBuffer into) throws IOException {
                        int some = content.read(into);
                        read += Math.max(some, 0);
                        if (read > getBufferLimit()) {
                            throw new ContentTooLongException("more than " + getBufferLimit() + " bytes");
                        }
                        return some;
                    }

                    @Override
                    public boolean isCompleted() {
                        return content.isCompleted();
                    }
                },
                control);
    }
}
