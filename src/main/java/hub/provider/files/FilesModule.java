package hub.provider.files;

import hub.config.Settings;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.aws2.s3.AWS2S3Component;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.LifecycleStrategySupport;
import software.amazon.awssdk.services.s3.S3Client;

/** Adds the beans for file storage to a Camel context. */
public final class FilesModule {
  private FilesModule() {}

  /** Binds the beans that {@code routes/storage} names. No client connects before its first use. */
  public static void install(CamelContext context, Settings settings) {
    FilesSettings storage = new FilesSettings(settings);
    S3Clients clients = new S3Clients(storage);
    S3Client calls = LazyClient.of(clients::forCalls);
    S3Client uploads = LazyClient.of(clients::forUploads);
    S3Client downloads = LazyClient.of(clients::forDownloads);
    context.getPropertiesComponent().addPropertiesSource(new BucketProperty(settings));
    context.addComponent("aws2-s3", component(calls));
    Registry registry = context.getRegistry();
    registry.bind("s3Uploads", uploads);
    registry.bind("s3Downloads", downloads);
    registry.bind("beginUpload", new BeginUpload(storage, UploadSlots.ofHeap()));
    registry.bind("receivePart", new ReceivePart());
    UploadParts parts = new UploadParts(storage, calls, uploads);
    registry.bind("createUpload", parts.create());
    registry.bind("sendPart", parts.send());
    registry.bind("completeUpload", parts.complete());
    registry.bind("abortUpload", new AbortUpload(calls));
    registry.bind("wholeStored", parts.whole());
    registry.bind("fileStored", new FileStored(storage));
    registry.bind("askForFile", new PrepareDownload(storage));
    registry.bind("fileFound", new FileFound());
    registry.bind("fileWithheld", new ConditionNotMet());
    registry.bind("nameFile", new ReadFileKey());
    PresignedLinks links = new PresignedLinks(storage, clients);
    registry.bind("uploadLink", links.upload());
    registry.bind("downloadLink", links.download());
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStopped(CamelContext stopped) {
            List.of(calls, uploads, downloads).forEach(S3Client::close);
          }
        });
  }

  private static AWS2S3Component component(S3Client calls) {
    AWS2S3Component component = new AWS2S3Component();
    component.getConfiguration().setAmazonS3Client(calls);
    // Keeps endpoints from checking the bucket at the start; a missing one is reported at its first
    // use.
    component.getConfiguration().setFileName("-");
    return component;
  }

  /**
   * The property {@code {{hub.storage.bucket:…}}}: routes cannot use {@code S3_BUCKET} itself,
   * because they would not start while it is empty.
   */
  private record BucketProperty(Settings settings) implements PropertiesSource {
    private static final String KEY = "hub.storage.bucket";

    @Override
    public String getName() {
      return KEY;
    }

    @Override
    public String getProperty(String name) {
      return name.equals(KEY) ? settings.named("S3_BUCKET").map(String::strip).orElse(null) : null;
    }
  }
}
