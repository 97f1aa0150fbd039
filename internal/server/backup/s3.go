package backup

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"mostrador/internal/ticket"
)

// partSize is what is held in memory of a copy on its way, in bytes. S3 allows
// 10,000 parts, so this bounds a copy at 160 GB.
const partSize = 16 << 20

// bucket is a shelf in S3 or in something that speaks its language.
type bucket struct {
	client *minio.Client
	name   string
	prefix string // ends in a slash, or empty
}

// Bucket returns the shelf at s3://KEY:SECRET@host/bucket/prefix, over TLS unless
// the address ends in ?tls=off; ?region= names a region. Its error is a
// ticket.Error with CodeInvalid, without the secret in it.
func Bucket(address string) (Shelf, error) {
	wrong := ticket.NewError(ticket.CodeInvalid, "La dirección del respaldo debe ser como s3://CLAVE:SECRETO@s3.ejemplo.com/cubeta/carpeta.")
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" || u.User == nil {
		return nil, wrong
	}
	secret, ok := u.User.Password()
	name, below, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if !ok || name == "" {
		return nil, wrong
	}
	client, err := minio.New(u.Host, &minio.Options{
		Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Secure: u.Query().Get("tls") != "off", Region: u.Query().Get("region"),
	})
	if err != nil {
		return nil, wrong
	}
	if below != "" {
		below += "/"
	}
	return bucket{client: client, name: name, prefix: below}, nil
}

// Place implements Shelf.
func (b bucket) Place() string {
	return "s3://" + b.client.EndpointURL().Host + "/" + b.name + "/" + b.prefix
}

// List implements Shelf.
func (b bucket) List(ctx context.Context) ([]File, error) {
	var files []File
	for object := range b.client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix}) {
		if object.Err != nil {
			return nil, b.unavailable(object.Err)
		}
		files = append(files, File{Name: path.Base(object.Key), Size: object.Size})
	}
	return files, nil
}

// Put implements Shelf.
func (b bucket) Put(ctx context.Context, name string, r io.Reader) error {
	_, err := b.client.PutObject(ctx, b.name, b.prefix+name, r, -1, minio.PutObjectOptions{PartSize: partSize, ContentType: "application/octet-stream", DisableContentSha256: true, SendContentMd5: true})
	if err != nil {
		return b.unavailable(err)
	}
	return nil
}

// Get implements Shelf.
func (b bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	object, err := b.client.GetObject(ctx, b.name, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, b.unavailable(err)
	}
	// Nothing was asked for yet.
	if _, err := object.Stat(); err != nil {
		_ = object.Close()
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			return nil, missing(name)
		}
		return nil, b.unavailable(err)
	}
	return object, nil
}

// Remove implements Shelf.
func (b bucket) Remove(ctx context.Context, name string) error {
	if err := b.client.RemoveObject(ctx, b.name, b.prefix+name, minio.RemoveObjectOptions{}); err != nil {
		return b.unavailable(err)
	}
	return nil
}

func (b bucket) unavailable(cause error) error {
	return fmt.Errorf("%w: %w", ticket.NewError(ticket.CodeUnavailable, "El almacén de respaldos no contesta o no acepta la clave; revise RESPALDO."), cause)
}
